// A mapping as read from its JSON text: checked in itself, and not yet against catalog or files.
#pragma once

#include "guanxi/base/decimal.hpp"
#include "guanxi/base/json.hpp"
#include "guanxi/expr/parse.hpp"
#include "guanxi/schema/definition.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::edge {

struct transform {
  enum class kind : std::uint8_t { lower, upper, replace };
  kind what = kind::lower;
  std::string from = {}, to = {};
};

/// Stands for another text, or for blank.
using alias_table = std::map<std::string, std::optional<std::string>, std::less<>>;

/// Where the value of a field comes from.
struct source {
  enum class kind : std::uint8_t { column, constant, pattern, record, expression };
  /// A literal text, or the column that stands in its place.
  struct piece {
    bool column = false;
    std::string text;
  };

  std::string place;  ///< in the mapping, for messages
  kind what = kind::column;
  std::string text;   ///< name of the column or record, or the constant
  std::vector<piece> pieces = {};
  expr::tree formula = {};
  std::vector<transform> transforms = {};
  alias_table aliases = {};
  bool aliases_only = false;
  std::optional<decimal> multiply = {};
  std::string date_format = {};
  std::string find = {};  ///< the field of the target entity by which a reference is found
  std::vector<std::pair<std::string, source>> with = {};  ///< more fields of that natural key
  expr::tree if_empty = {};
  bool keep_if_blank = false;

  /// The columns that this source itself reads.
  std::vector<std::string_view> columns() const;
};

/// One record that a row yields.
struct record_rule {
  enum class repetition : std::uint8_t { refused, first, same };
  std::string place;
  std::string name;    ///< what other records of the row call it by
  std::string entity;
  std::vector<std::string> key;
  repetition repeats = repetition::refused;
  std::string skip_if_blank = {};
  std::vector<std::pair<std::string, source>> fields = {};
};

/// A file, or a table that the mapping itself holds.
struct table_rule {
  std::string place;
  std::string name;
  bool inline_rows = false;
  char delimiter = ',';
  bool trim = true;
  std::vector<std::string> columns = {};            ///< inline
  std::vector<std::vector<std::string>> rows = {};  ///< inline
  std::vector<record_rule> records = {};
};

struct mapping {
  struct definition {
    std::string entity;
    schema::field_definition field;
  };
  std::string currency;
  std::vector<definition> fields;
  std::vector<table_rule> tables;

  /// Errors: errc::parse, errc::invalid_text, errc::unknown_name for a word that no mapping has,
  /// errc::invalid_argument, each naming the place in the mapping.
  static result<mapping> parse(std::string_view text);
};

/// Reads a date in a declared form of YYYY, MM or M, DD or D and the characters between them.
result<date> read_date(std::string_view text, std::string_view format);
/// Refuses a form without just one year, month and day.
result<void> check_date_format(std::string_view format);

}  // namespace guanxi::edge
