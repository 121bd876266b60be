#include "edge/import/table.hpp"

#include <algorithm>
#include <filesystem>

namespace guanxi::edge {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool blank_line(const std::vector<std::string_view>& cells) noexcept {
  return cells.size() == 1 && trimmed(cells[0]).empty();
}

std::string counted(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

}  // namespace

result<loaded_table> loaded_table::load(const table_rule& rule, const std::string& directory) {
  loaded_table out;
  out.rule = &rule;
  if (rule.inline_rows) {
    out.columns = rule.columns;
    out.rows = static_cast<std::int64_t>(rule.rows.size());
    return out;
  }
  // The path keeps its UTF-8 on every system.
  const std::u8string name(rule.name.begin(), rule.name.end());
  const std::u8string folder(directory.begin(), directory.end());
  const std::u8string path = (std::filesystem::path(folder) / name).u8string();
  auto text = read_file(std::string(path.begin(), path.end()));
  if (!text) return passed(text);
  out.text = std::move(*text);

  const auto named = [&](error why) {
    return unexpected(why.set_message("`" + rule.name + "` " + std::string(why.message())));
  };
  csv_reader header(out.text, rule.delimiter);
  std::vector<std::string_view> cells;
  auto more = header.next(cells);
  if (!more) return named(more.error());
  if (!*more || blank_line(cells))
    return unexpected(error(errc::parse, "`" + rule.name + "` is empty; its first line must name "
                                         "the columns")
                          .at_line(1));
  for (std::string_view cell : cells) out.columns.emplace_back(trimmed(cell));
  row_reader rows(out);
  while (true) {
    more = rows.next(cells);
    if (!more) return passed(more);
    if (!*more) break;
    ++out.rows;
  }
  return out;
}

result<std::size_t> loaded_table::column(std::string_view name, const std::string& place) const {
  const auto first = std::find(columns.begin(), columns.end(), name);
  if (first == columns.end()) {
    nearest_name near(name);
    for (const std::string& c : columns) near.offer(c);
    return unexpected(errc::unknown_name, "`" + rule->name + "` has no column " +
                                              in_backticks(name) + near.hint() +
                                              " (the mapping reads it at `" + place + "`)");
  }
  if (std::find(first + 1, columns.end(), name) != columns.end())
    return unexpected(error(errc::duplicate, "`" + rule->name + "` has two columns " +
                                                 in_backticks(name) + "; rename one")
                          .at_line(1));
  return static_cast<std::size_t>(first - columns.begin());
}

std::string loaded_table::at(std::int64_t line) const {
  return "`" + rule->name + "` " + (rule->inline_rows ? "row " : "line ") + std::to_string(line);
}

row_reader::row_reader(const loaded_table& of) : of_(of), file_(of.text, of.rule->delimiter) {
  std::vector<std::string_view> header;
  // load() has read the header before, so what it has to say is known.
  if (!of.rule->inline_rows) (void)file_.next(header);
}

result<bool> row_reader::next(std::vector<std::string_view>& cells) {
  if (!of_.rule->inline_rows) {
    result<bool> more = next_of_file(cells);
    if (!more || !*more) return more;
  } else {
    if (at_ == of_.rule->rows.size()) return false;
    const std::vector<std::string>& row = of_.rule->rows[at_++];
    cells.assign(row.begin(), row.end());
    line_ = static_cast<std::int64_t>(at_);
  }
  if (of_.rule->trim)
    for (std::string_view& cell : cells) cell = trimmed(cell);
  return true;
}

result<bool> row_reader::next_of_file(std::vector<std::string_view>& cells) {
  while (true) {
    result<bool> more = file_.next(cells);
    if (!more) {
      more.error().set_message("`" + of_.rule->name + "` " + std::string(more.error().message()));
      return passed(more);
    }
    if (!*more) return false;
    line_ = file_.line();
    if (cells.size() == of_.columns.size()) return true;
    if (blank_line(cells)) continue;
    return unexpected(error(errc::parse, of_.at(line_) + " has " +
                                             counted(cells.size(), "cell", "cells") +
                                             ", but the header names " +
                                             counted(of_.columns.size(), "column", "columns") +
                                             "; quote a cell that holds the delimiter")
                          .at_line(line_));
  }
}

}  // namespace guanxi::edge
