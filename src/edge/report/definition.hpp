// A report as its JSON text declares it: sections, each a query or a group of sections, what its
// columns are called, and how its figures are drawn.
//
//   definition d = parse_definition(text).value();
//   d.sections[0].title.in(language::chinese) == "总计"
//
// Thread rule: values.
#pragma once

#include "guanxi/base/json.hpp"
#include "guanxi/edge/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::edge::report {

/// A text for people in both languages; where one is missing, the other stands in.
struct words {
  std::string en, zh;
  bool empty() const noexcept { return en.empty() && zh.empty(); }
  const std::string& in(language l) const noexcept {
    return (l == language::chinese && !zh.empty()) || en.empty() ? zh : en;
  }
};

/// What a number counts, where its type does not say it. An amount says it.
enum class unit : std::uint8_t { number, money, percent, days };

/// What people call a column.
struct column_text {
  std::string name;
  words text;
  std::optional<unit> counted;
};

/// How a section's figures are drawn.
struct chart {
  enum class kind : std::uint8_t { figures, column, bar, line, funnel };
  kind drawn = kind::column;
  std::vector<std::string> values;  ///< columns; empty: the last, of a row all
  std::vector<std::string> line;    ///< columns drawn as a line, on an axis of their own
  words note;                       ///< what a reader must know; {name} is a parameter's value
};

struct section {
  enum class shape : std::uint8_t { value, row, list, map };
  std::string key;
  std::string place;  ///< "report.null_account.total", for messages
  words title;
  shape form = shape::list;
  std::string query;  ///< empty: it has sections
  std::string null_key;  ///< in JSON, for a null in the first column …
  words null_title;      ///< … and for people
  std::optional<chart> drawing;
  std::vector<section> sections;
};

struct definition {
  words title;
  std::vector<column_text> columns;
  std::vector<std::pair<std::string, std::string>> parameters;  ///< name, query of its value
  std::string currency;                                         ///< query; empty: the session's
  std::vector<section> sections;

  const column_text* column(std::string_view name) const noexcept;
};

/// Errors: errc::parse, errc::unknown_name, errc::duplicate, errc::invalid_argument, errc::limit
/// and errc::unsupported, with the place in the message.
result<definition> parse_definition(std::string_view json_text);

/// An error about a place in a definition.
unexpected refused(errc code, const std::string& place, const std::string& what);

}  // namespace guanxi::edge::report
