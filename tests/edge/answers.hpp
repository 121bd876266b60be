// Answers made by hand, for the tests of what edges do with an answer.
#pragma once

#include "guanxi/query/batch.hpp"

#include <initializer_list>
#include <vector>

namespace guanxi::edge {

inline query::column_info column(std::string name, value_type base, std::uint8_t scale = 0) {
  query::column_info out;
  out.name = std::move(name);
  out.type.base = base;
  out.type.scale = scale;
  return out;
}

inline query::rows answer(std::vector<query::column_info> columns,
                          const std::vector<std::vector<value>>& lines) {
  query::rows out(std::move(columns), nullptr);
  for (const std::vector<value>& line : lines) out.append(line);
  return out;
}

/// A column of each type; a full row and a row of nulls.
inline query::rows every_type() {
  return answer({column("yes", value_type::boolean), column("n", value_type::integer),
                 column("price", value_type::decimal, 2), column("name", value_type::text),
                 column("day", value_type::date), column("at", value_type::instant),
                 column("account", value_type::reference), column("nothing", value_type::null)},
                {{true, 7, decimal{-109650, 2}, "万科", date{17226},
                  instant{1'488'358'800'000'001}, id{12}, value()},
                 std::vector<value>(8)});
}

}  // namespace guanxi::edge
