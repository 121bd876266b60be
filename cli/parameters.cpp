#include "parameters.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace guanxi::cli {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// -12 or 12.50, without leading zeros: 007 is a code and no number.
bool reads_as_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto end_of_digits = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view whole(text.begin(), end_of_digits);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  if (whole.size() == text.size()) return true;
  const std::string_view rest = text.substr(whole.size());
  return rest.front() == '.' && rest.size() > 1 &&
         std::all_of(rest.begin() + 1, rest.end(), is_digit);
}

result<value> number_from(std::string_view text) {
  if (text.find('.') != std::string_view::npos) {
    result<decimal> read = decimal::parse(text);
    if (!read) return passed(read);
    return value(*read);
  }
  std::int64_t read = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), read).ec != std::errc())
    return unexpected(errc::overflow, in_backticks(text) +
                                          " does not fit an integer of 64 bits; a text is written "
                                          "in single quotes");
  return value(read);
}

/// What is between the quotes of 'Acme''s', if that is all there is.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'' && (++i == text.size() || text[i] != '\'')) return std::nullopt;
    out += text[i];
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

result<std::pair<std::string, value>> assignment_from(const std::string& written) {
  const std::size_t sign = written.find('=');
  if (sign == std::string::npos || sign == 0)
    return unexpected(errc::invalid_argument, in_backticks(written) +
                                                  " names no parameter; write name=value");
  result<value> v = value_from(std::string_view(written).substr(sign + 1));
  if (!v) return passed(v);
  return std::pair(written.substr(0, sign), std::move(*v));
}

error twice(const std::string& name) {
  return error(errc::invalid_argument, "the parameter " + in_backticks(name) +
                                           " is given twice; the members of a list are given with "
                                           "--list");
}

}  // namespace

result<value> value_from(std::string_view written) {
  if (written == "null") return value();
  if (written == "true" || written == "false") return value(written == "true");
  if (reads_as_number(written)) return number_from(written);
  if (auto text = unquoted(written)) return value(std::move(*text));
  if (written.starts_with("date "))
    if (const auto text = unquoted(trimmed(written.substr(5)))) {
      result<date> read = date::parse(*text);
      if (!read) return passed(read);
      return value(*read);
    }
  if (written.starts_with("instant "))
    if (const auto text = unquoted(trimmed(written.substr(8)))) {
      result<instant> read = instant::parse(*text);
      if (!read) return passed(read);
      return value(*read);
    }
  return value(written);
}

result<std::vector<expr::parameter_value>> parameters_from(const std::vector<std::string>& single,
                                                           const std::vector<std::string>& lists) {
  std::vector<expr::parameter_value> out;
  const auto named = [&](const std::string& name) {
    return std::find_if(out.begin(), out.end(), [&](const auto& p) { return p.name == name; });
  };
  for (const std::string& written : single) {
    auto given = assignment_from(written);
    if (!given) return passed(given);
    if (named(given->first) != out.end()) return unexpected(twice(given->first));
    out.push_back({.name = given->first, .content = std::move(given->second)});
  }
  for (const std::string& written : lists) {
    auto given = assignment_from(written);
    if (!given) return passed(given);
    auto at = named(given->first);
    if (at != out.end() && !at->is_list) return unexpected(twice(given->first));
    if (at == out.end()) at = out.insert(at, {.name = given->first, .is_list = true});
    at->list.push_back(std::move(given->second));
  }
  return out;
}

}  // namespace guanxi::cli
