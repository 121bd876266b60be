#include "guanxi/store/request.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/evaluate.hpp"
#include "guanxi/expr/print.hpp"

#include <algorithm>

namespace guanxi::store {

std::string_view name(comparison c) noexcept {
  switch (c) {
    case comparison::equal: return "=";
    case comparison::not_equal: return "<>";
    case comparison::less: return "<";
    case comparison::less_equal: return "<=";
    case comparison::greater: return ">";
    case comparison::greater_equal: return ">=";
    case comparison::in: return "in";
    case comparison::is_null: return "is null";
    case comparison::is_not_null: return "is not null";
    case comparison::starts_with: return "starts with";
  }
  return {};
}

bool passes(const term& t, std::span<const value> row, const text_services* text) {
  const value& v = row[t.of->slot];
  if (t.how == comparison::is_null || t.how == comparison::is_not_null)
    return v.is_null() == (t.how == comparison::is_null);
  if (v.is_null()) return false;
  const auto by = [&](const value& constant) { return expr::compare_values(v, constant); };
  const auto before = [](const value& a, const value& b) { return expr::compare_values(a, b) < 0; };
  switch (t.how) {
    case comparison::in:
      return std::binary_search(t.constants.begin(), t.constants.end(), v, before);
    case comparison::starts_with:
      return text && text->folded(v.as_text()).starts_with(t.constants[0].as_text());
    case comparison::equal: return by(t.constants[0]) == 0;
    case comparison::not_equal: return by(t.constants[0]) != 0;
    case comparison::less: return by(t.constants[0]) < 0;
    case comparison::less_equal: return by(t.constants[0]) <= 0;
    case comparison::greater: return by(t.constants[0]) > 0;
    default: return by(t.constants[0]) >= 0;
  }
}

bool stands_before(std::span<const sort_key> sort, std::span<const value> a,
                   std::span<const value> b) {
  for (const sort_key& k : sort) {
    const value &x = a[k.of->slot], &y = b[k.of->slot];
    if (x.is_null() != y.is_null()) return x.is_null() == k.nulls_first;
    const auto by = order(x, y);
    if (by != 0) return k.descending ? by > 0 : by < 0;
  }
  return order(a[schema::system_slot::id], b[schema::system_slot::id]) < 0;
}

namespace {

std::string shown(const value& v) {
  constexpr std::size_t much = 60;
  if (v.type() == value_type::text && v.as_text().size() > much)
    return "a text of " + std::to_string(v.as_text().size()) + " bytes";
  return expr::print(expr::literal(v));
}

}  // namespace

std::string in_words(const term& t) {
  std::string out = in_backticks(t.of->name) + " " + std::string(name(t.how));
  if (t.how == comparison::in) {
    constexpr std::size_t few = 5;
    for (std::size_t i = 0; i < std::min(t.constants.size(), few); ++i)
      out += (i == 0 ? " (" : ", ") + shown(t.constants[i]);
    if (t.constants.size() > few)
      out += ", … " + std::to_string(t.constants.size()) + " in all";
    return out + (t.constants.empty() ? " ()" : ")");
  }
  if (!t.constants.empty()) out += " " + shown(t.constants[0]);
  return out;
}

std::string in_words(std::span<const sort_key> sort) {
  std::string out;
  for (const sort_key& k : sort) {
    out += (out.empty() ? "" : ", ") + in_backticks(k.of->name);
    if (k.descending) out += " descending";
    if (k.nulls_first == k.descending) out += k.nulls_first ? " nulls first" : " nulls last";
  }
  return out.empty() ? "`id`" : out;
}

}  // namespace guanxi::store
