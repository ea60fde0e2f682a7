/** The look of the file, light and dark, on screen and on paper. */
export const STYLE = `
:root{--ground:#fff;--text:#1b2330;--quiet:#566074;--line:#d5dae3;--sunken:#f4f6f9;--bad:#b3261e;--accent:#1a56c4}
@media (prefers-color-scheme:dark){:root{--ground:#12161d;--text:#e4e8ef;--quiet:#9aa5b8;--line:#303947;--sunken:#1a2029;--bad:#ff8a80;--accent:#8ab4ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:14px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}
h2{font-size:18px;margin:0 0 4px}
h3{font-size:14px;margin:18px 0 6px}
p{margin:4px 0}
a{color:var(--accent)}
article{margin-top:28px;padding-top:20px;border-top:1px solid var(--line)}
.quiet{color:var(--quiet)}
.bad{color:var(--bad)}
.notes{margin:12px 0;padding:2px 14px;border-left:3px solid var(--line)}
.wide{overflow-x:auto}
.picture svg{max-width:100%;height:auto;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:4px 14px 4px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{color:var(--quiet);font-weight:500;white-space:nowrap}
.number{text-align:right;white-space:nowrap}
dl{display:flex;flex-wrap:wrap;gap:10px;margin:12px 0}
dl>div{min-width:130px;padding:8px 12px;border:1px solid var(--line);border-radius:6px}
dt{color:var(--quiet)}
dd{margin:0;font-size:18px;font-variant-numeric:tabular-nums}
dd p{font-size:12px}
pre{overflow-x:auto;margin:6px 0;padding:10px 12px;border-radius:6px;background:var(--sunken);font:12px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
code{font:12px ui-monospace,monospace;background:var(--sunken);padding:1px 4px;border-radius:4px;overflow-wrap:anywhere}
li{margin:6px 0}
@media print{body{font-size:11px}article,tr{break-inside:avoid-page}pre{white-space:pre-wrap}}
`.trim();
