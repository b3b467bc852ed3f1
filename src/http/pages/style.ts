// The look of our own pages: one sheet, light and dark, readable on a phone, nothing loaded from anywhere.
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1f2328; --soft: #5c6470; --line: #e4e1d9;
  --accent: #0b6e4f; --accent-ink: #ffffff; --wash: #eef5f1; --minus: #a4343a; --code: #f3f0e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1c2024; --ink: #e8e6e1; --soft: #a3abb5; --line: #30363d;
    --accent: #5fc79b; --accent-ink: #0d1512; --wash: #1a2a24; --minus: #ff9a9a; --code: #252a30;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
header .brand { font-weight: 700; font-size: 1.15rem; color: inherit; text-decoration: none; }
header p { margin: 0; color: var(--soft); }
main { padding-top: 1rem; padding-bottom: 2rem; }
footer { padding-bottom: 2rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; display: inline-block; margin: .5rem 1.25rem; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
code { background: var(--code); border-radius: .35rem; padding: .1rem .35rem; font-size: .9em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: .5rem; padding: .6rem .8rem; margin: .35rem 0 1rem; overflow-x: auto; }
pre code { padding: 0; background: none; }
ol.steps { margin: 0; padding-left: 1.25rem; } ol.steps li { padding-left: .25rem; }
form.search { display: flex; gap: .5rem; margin: .5rem 0 1rem; max-width: 32rem; }
input { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; padding: .5rem .75rem; }
button { font: inherit; font-weight: 600; color: var(--accent-ink); background: var(--accent); border: 0;
  border-radius: .5rem; padding: .5rem 1rem; cursor: pointer; }
.operation { margin: .75rem 0; } .operation h3 { margin-bottom: .25rem; } .operation h3 code { font-size: 1rem; }
tr:target { background: var(--wash); }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .25rem; }
th { text-align: left; font-size: .8rem; font-weight: 600; color: var(--soft); }
th, td { padding: .6rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
td, th { overflow-wrap: break-word; }
td.name { overflow-wrap: anywhere; min-width: 10rem; }
.tight, .fields th, .fields td.need { white-space: nowrap; }
.fields { margin-bottom: .75rem; } .fields th, .fields td { padding: .35rem .75rem .35rem 0; font-size: .9rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td .under { display: block; color: var(--soft); font-size: .875rem; }
.plus { color: var(--accent); } .minus { color: var(--minus); }
.tag { display: inline-block; background: var(--wash); border-radius: 1rem; padding: .05rem .6rem; font-size: .875rem; }
.table { padding: .25rem .5rem; overflow-x: auto; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
dl.facts > div { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .75rem 1rem; }
dl.facts dt { color: var(--soft); font-size: .875rem; } dl.facts dd { margin: 0; }
dl.facts .big { font-size: 1.35rem; font-weight: 700; font-variant-numeric: tabular-nums; }
progress { width: 100%; height: .5rem; accent-color: var(--accent); }
nav.pages { margin: 1rem 0; display: flex; gap: 1rem; }
@media (max-width: 38rem) {
  table.fold thead { position: absolute; left: -999rem; }
  table.fold, table.fold tbody, table.fold tr { display: block; }
  table.fold tr { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; padding: .65rem .5rem;
    border-bottom: 1px solid var(--line); }
  table.fold tr:last-child { border-bottom: 0; }
  table.fold tr { grid-auto-flow: row dense; }
  table.fold td { border: 0; padding: 0; grid-column: 1; min-width: 0; }
  table.fold td.number, table.fold td.end { grid-column: 2; text-align: right; }
  table.fold td.wide { grid-column: 1 / -1; }
  table.fold td[data-label]::before { content: attr(data-label) " "; }
}
`
