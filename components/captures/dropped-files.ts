/** Files out of a drop: single ones, and those in folders, each with a name that says where it was. */

export interface NamedFile {
  readonly name: string;
  readonly file: File;
}

/** `events-9.log` before `events-10.log`. */
const BY_NAME = new Intl.Collator("en", { numeric: true });

/** Reads folders to any depth. Hidden files (`.DS_Store`) are left out. */
export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  // Entries must be taken before the first wait; afterwards the browser has emptied the list.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return pickedFiles(transfer.files);
  const files = await Promise.all(entries.map((entry) => filesOf(entry)));
  return files.flat();
}

export function pickedFiles(files: FileList | readonly File[] | null): NamedFile[] {
  return [...(files ?? [])].map((file) => ({ name: file.name, file }));
}

/** True for a drag that carries files; text and links are none of ours. */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

async function filesOf(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.name.startsWith(".")) return [];
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ name: nameOf(entry.fullPath), file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const inside: FileSystemEntry[] = [];
  // A reader gives a part of the folder each time, and nothing at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) break;
    inside.push(...part);
  }
  // The browser has them in the order of the disk.
  inside.sort((a, b) => BY_NAME.compare(a.name, b.name));
  const files: NamedFile[] = [];
  for (const child of inside) files.push(...(await filesOf(child)));
  return files;
}

/** `/node-1/events.log` -> `node-1_events.log`: the folders often name the node. */
function nameOf(fullPath: string): string {
  return fullPath.replace(/^\//, "").replaceAll("/", "_");
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
