#include "edge/report/page_parts.hpp"

namespace guanxi::edge::report {

namespace {

// Text has a contrast of at least 4.5 to 1, and marks of at least 3 to 1, on what they stand on.
constexpr const char* light_colours = R"css(
  --ground: #f4f6f9; --surface: #ffffff; --text: #18202b; --muted: #566172; --line: #dbe1e9;
  --focus: #1d4ed8; --series-1: #2f6fed; --series-2: #0f9d8a; --series-3: #c2620c;
  --series-4: #8a4fd3;
  color-scheme: light;)css";

constexpr const char* dark_colours = R"css(
  --ground: #0e131a; --surface: #171e28; --text: #e8edf3; --muted: #a3afbe; --line: #2c3644;
  --focus: #8ab4ff; --series-1: #6ea1ff; --series-2: #35c9b3; --series-3: #f0a04b;
  --series-4: #bf94f5;
  color-scheme: dark;)css";

constexpr const char* rules = R"css(
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC",
    sans-serif;
  font-size: 1rem; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
header, main, footer { max-width: 82rem; margin: 0 auto; padding: 0 1.5rem; }
header {
  display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: flex-end;
  justify-content: space-between; padding-top: 2rem; padding-bottom: 1.25rem;
}
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.0625rem; line-height: 1.35; margin: 0; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: 0; }
.about, .note, .empty, footer { color: var(--muted); font-size: .875rem; }
.about { display: flex; flex-wrap: wrap; column-gap: 1.5em; }
.theme { display: flex; border: 1px solid var(--line); border-radius: .5rem; padding: 2px;
  margin: 0; background: var(--surface); font-size: .875rem; }
.theme[hidden] { display: none; }
.theme legend, caption { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.theme label { position: relative; cursor: pointer; }
.theme input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.theme span { display: block; padding: .25rem .75rem; color: var(--muted);
  border-radius: .375rem; }
.theme input:checked + span { background: var(--text); color: var(--surface); }
.theme input:focus-visible + span, summary:focus-visible, .scroll:focus-visible {
  outline: 3px solid var(--focus); outline-offset: 2px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.125rem 1.25rem; margin: 0; min-width: 0; }
.figures { margin-bottom: 1rem; }
.figures dl { display: flex; flex-wrap: wrap; gap: 1rem; margin: .75rem 0 0; }
.figures dl > div { flex: 1 1 7.5rem; border-left: 3px solid var(--series-1);
  padding-left: .75rem; }
.figures dt { color: var(--muted); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-weight: 600;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.charts { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
.card { display: flex; flex-direction: column; }
.chart { margin: .5rem 0 .25rem; width: 100%; min-width: 0; overflow: hidden; }
.chart.failed { display: flex; align-items: center; justify-content: center;
  color: var(--muted); }
.card > details { margin-top: auto; }
summary { cursor: pointer; color: var(--muted); font-size: .875rem; padding: .25rem 0;
  width: fit-content; }
summary:hover { color: var(--text); }
.scroll { overflow-x: auto; max-height: 30rem; overflow-y: auto; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .875rem;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
th, td { padding: .375rem .75rem .375rem 0; text-align: left; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { word-break: keep-all; color: var(--muted); font-weight: 500; position: sticky; top: 0;
  background: var(--surface); }
tbody th { font-weight: 500; min-width: 7rem; max-width: 18rem; position: sticky; left: 0;
  background: var(--surface); }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
.more { margin-top: 1rem; }
.more > details { border-top: 1px solid var(--line); padding: .375rem 0; }
.more > h2 { margin-bottom: .5rem; }
.more summary { color: var(--text); font-size: .9375rem; }
footer { padding-top: 1.25rem; padding-bottom: 2rem; }
@media (max-width: 40rem) {
  header, main, footer { padding-left: .75rem; padding-right: .75rem; }
  header { padding-top: 1.25rem; }
  h1 { font-size: 1.375rem; }
  .card { padding: .875rem .875rem; }
  .figures dd { font-size: 1.125rem; }
  th, td { padding-right: .5rem; }
  tbody th { min-width: 5rem; max-width: 9rem; }
}
@media print {
  @page { margin: 14mm; }
  body { font-size: .875rem; background: none; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .theme { display: none; }
  .charts { display: block; }
  .card { break-inside: avoid; margin-bottom: 1rem; }
  .more { break-inside: auto; }
  .scroll { max-height: none; overflow: visible; }
  thead th, tbody th { position: static; }
  tr { break-inside: avoid; }
  th, td { padding-top: .2rem; padding-bottom: .2rem; }
}
)css";

}  // namespace

std::string page_style() {
  return std::string(":root {") + light_colours +
         "\n}\n@media screen and (prefers-color-scheme: dark) { :root[data-theme=system] {" +
         dark_colours + "\n} }\n@media screen { :root[data-theme=dark] {" + dark_colours +
         "\n} }" + rules;
}

}  // namespace guanxi::edge::report
