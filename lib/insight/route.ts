/**
 * Routes: the path of a URL with what differs from request to request folded into a name, so that requests for the
 * same thing can be counted together. Folding never reads a redacted part as a value, and never merges two paths that
 * differ in a word.
 */

/** A path segment that is an identifier, and what stands for it. The first that fits counts. */
const FOLDS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/HUBBLE_REDACTED/, "{redacted}"],
  [/^\d{4}-\d{2}(-\d{2}([T ][\d:.,]+(Z|[+-]\d{2}:?\d{2})?)?)?$/, "{date}"],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, "{uuid}"],
  [/^-?\d+$/, "{id}"],
  // Digests in hexadecimal (git, MD5, SHA), object ids of MongoDB; at least one digit, so that no word is taken for one.
  [/^(?=.*\d)[0-9a-f]{12,128}$/i, "{hash}"],
  // ULID and similar: capitals and digits without vowels' help, 26 long.
  [/^(?=.*\d)[0-9A-HJKMNP-TV-Z]{26}$/, "{id}"],
  // A word that ends in a number behind a mark: order-4711, user_12. The word stays.
  [/^[A-Za-z]+[-_:]\d+$/, ""],
  // Tokens: long, with capitals, small letters and digits in disorder.
  [/^(?=(?:.*\d){3})(?=.*[a-z])(?=.*[A-Z])[\w~+=-]{20,}$/, "{token}"],
];

/** Longer paths and more segments are cut: a route is a name, not a document. */
const SEGMENTS = 24;
const CHARS = 300;

export interface Url {
  /** Host and port as the client asked for them, without user or password; undefined when the URL is a path only. */
  readonly host: string | undefined;
  /** As it came, without query and fragment; "/" when there is none. */
  readonly path: string;
}

/** Takes a URL apart without judging it: logs hold what clients sent. */
export function splitUrl(url: string): Url {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(url)?.[0];
  const rest = cutAt(scheme === undefined ? url : url.slice(scheme.length), /[?#]/);
  if (scheme === undefined) return { host: undefined, path: rest.startsWith("/") ? rest : `/${rest}` };
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const host = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  return { host: host === "" ? undefined : host, path: slash < 0 ? "/" : rest.slice(slash) };
}

function cutAt(text: string, mark: RegExp): string {
  const at = text.search(mark);
  return at < 0 ? text : text.slice(0, at);
}

/** The route of a URL: `http://shop/users/123?x=1` is `/users/{id}`. */
export function routeOf(url: string): string {
  const { path } = splitUrl(url);
  const segments = path.split("/");
  const folded = segments.slice(0, SEGMENTS).map(foldSegment);
  if (segments.length > SEGMENTS) folded.push("{more}");
  const route = folded.join("/");
  return route.length > CHARS ? `${route.slice(0, CHARS)}{more}` : route;
}

/** Longer segments are data, and patterns would take their time over them. */
const SEGMENT_CHARS = 256;

function foldSegment(segment: string): string {
  if (segment.length > SEGMENT_CHARS) return "{long}";
  const plain = decoded(segment);
  const fold = FOLDS.find(([pattern]) => pattern.test(plain));
  if (fold === undefined) return foldParameters(segment);
  const [, name] = fold;
  return name === "" ? segment.replace(/\d+$/, "{id}") : name;
}

/** A file name keeps its ending: `8f14e45fceea.js` is `{hash}.js`. */
function foldParameters(segment: string): string {
  const dot = segment.lastIndexOf(".");
  if (dot <= 0 || !/^\.[A-Za-z][A-Za-z0-9]{0,7}$/.test(segment.slice(dot))) return segment;
  const [stem, ending] = [segment.slice(0, dot), segment.slice(dot)];
  const fold = FOLDS.find(([pattern, name]) => name !== "" && pattern.test(stem));
  return fold === undefined ? segment : `${fold[1]}${ending}`;
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export interface GrpcMethod {
  /** With its package: `shop.v1.Cart`. */
  readonly service: string;
  readonly method: string;
}

/**
 * The gRPC method that a path names: `/package.Service/Method`, two segments of which the first is a dotted or plain
 * name (gRPC over HTTP/2, `doc/PROTOCOL-HTTP2.md`).
 */
export function grpcMethodOf(url: string): GrpcMethod | undefined {
  const match = /^\/([A-Za-z_][\w.]*)\/([A-Za-z_]\w*)$/.exec(splitUrl(url).path);
  const [, service, method] = match ?? [];
  return service === undefined || method === undefined ? undefined : { service, method };
}

export interface HttpKind {
  readonly httpMethod: string | null;
  readonly httpProtocol: string | null;
  /** What the headers say; null when they do not. */
  readonly grpc: boolean | null;
}

/**
 * Whether a request or response is gRPC. The content type decides where the record has it; else HTTP/2, POST and a path
 * of a package's service do. A service without a package could be any path of two segments, so it needs the header.
 */
export function isGrpcCall({ httpMethod, httpProtocol, grpc }: HttpKind, url: string): boolean {
  if (grpc !== null) return grpc && grpcMethodOf(url) !== undefined;
  if (httpProtocol !== "HTTP/2" || httpMethod !== "POST") return false;
  return grpcMethodOf(url)?.service.includes(".") ?? false;
}
