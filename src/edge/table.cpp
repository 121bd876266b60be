#include "guanxi/edge/table.hpp"

#include "edge/cell.hpp"
#include "edge/html.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace guanxi::edge {
namespace {

/// Visits every row in order: a batch and a row of it.
template <class Visit>
void each_row(const query::rows& from, std::size_t most, Visit&& visit) {
  std::size_t seen = 0;
  for (const query::batch& b : from.batches())
    for (std::size_t r = 0; r < b.rows() && seen < most; ++r, ++seen) visit(b, r);
}

cell shown(const value& v, std::size_t most) {
  if (v.type() == value_type::text) return shown_text(v.as_text(), most);
  return v.is_null() ? cell{} : shown_text(v.to_string(), most);
}

bool stands_right(const expr::type& type) {
  return type.base == value_type::integer || type.base == value_type::decimal ||
         type.base == value_type::reference;
}

/// The part of an answer that is shown, as text.
struct excerpt {
  std::vector<cell> heads;
  std::vector<bool> right;
  std::vector<std::vector<cell>> lines;
  std::string rest;  ///< "3 rows", or what is not shown
};

std::string counted(std::size_t n, std::string_view noun) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits + " " + std::string(noun) + (n == 1 ? "" : "s");
}

excerpt excerpt_of(const query::rows& from, const table_options& options) {
  const std::size_t columns = std::min(from.columns().size(), options.max_columns);
  const std::size_t most = std::max<std::size_t>(options.cell_width, 2);
  excerpt out;
  for (std::size_t c = 0; c < columns; ++c) {
    out.heads.push_back(shown_text(from.columns()[c].name, most));
    out.right.push_back(stands_right(from.columns()[c].type));
  }
  each_row(from, options.max_rows, [&](const query::batch& b, std::size_t r) {
    std::vector<cell>& line = out.lines.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) line.push_back(shown(b.columns[c].at(r), most));
  });
  out.rest = counted(from.size(), "row");
  if (out.lines.size() < from.size())
    out.rest += ", the first " + std::to_string(out.lines.size()) + " shown";
  if (columns < from.columns().size())
    out.rest += ", " + counted(from.columns().size() - columns, "column") + " not shown";
  return out;
}

}  // namespace

std::string to_text(const query::rows& from, const table_options& options) {
  const excerpt table = excerpt_of(from, options);
  std::vector<std::size_t> widths;
  for (const cell& head : table.heads) widths.push_back(head.width);
  for (const std::vector<cell>& line : table.lines)
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].width);

  std::string out;
  const auto append_line = [&](const std::vector<cell>& line) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      if (c) out += " │ ";
      append_cell(out, line[c], widths[c], table.right[c], c + 1 == line.size());
    }
    out += '\n';
  };
  append_line(table.heads);
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (c) out += "─┼─";
    for (std::size_t i = 0; i < widths[c]; ++i) out += "─";
  }
  out += '\n';
  for (const std::vector<cell>& line : table.lines) append_line(line);
  return out + "(" + table.rest + ")\n";
}

std::string to_html(const query::rows& from, const table_options& options) {
  const excerpt table = excerpt_of(from, options);
  std::string out = "<table>\n<thead><tr>";
  for (const cell& head : table.heads) {
    out += "<th>";
    append_escaped_html(out, head.text);
    out += "</th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<cell>& line : table.lines) {
    out += "<tr>";
    for (std::size_t c = 0; c < line.size(); ++c) {
      out += table.right[c] ? "<td style=\"text-align: right\">" : "<td>";
      append_escaped_html(out, line[c].text);
      out += "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody>\n</table>\n<p>";
  append_escaped_html(out, table.rest);
  return out + "</p>\n";
}

}  // namespace guanxi::edge
