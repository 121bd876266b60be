// How a report's figures and columns read to people, in either language.
//
//   shown(decimal{12345678, 2}, unit::money, language::english) == "123,456.78"
//
// Thread rule: pure functions.
#pragma once

#include "edge/report/run.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace guanxi::edge::report {

/// One of two texts.
constexpr std::string_view either(language l, std::string_view en, std::string_view zh) {
  return l == language::chinese ? zh : en;
}

/// Numbers stand right.
bool stands_right(const query::column_info& column);
/// What people call a column.
std::string name_of(const definition& in, const query::column_info& column, language l);
/// The same above a column of figures: amounts with their currency.
std::string head_of(const answers& in, const query::column_info& column, language l);

/// A number with grouped digits: amounts with two decimals, shares as percent with one, others with
/// at most two; a date; text as it is; a dash for null.
std::string shown(const value& v, unit counted, language l);
/// The same for a cell of a column, where a choice is shown by its label.
std::string shown(const value& v, const definition& in, const query::column_info& column,
                  language l);
/// The first cell of a row, which names it; a null is named too.
std::string row_name(const answers& in, const answer& a, std::size_t row, language l);
/// An amount with its currency's sign, rounded to units from a thousand on.
std::string shown_amount(const value& v, std::string_view currency, language l);
std::string shown_moment(instant at, language l);

/// A note with each {name} replaced by the value of the parameter.
std::string filled(const std::string& note, const answers& in, language l);

}  // namespace guanxi::edge::report
