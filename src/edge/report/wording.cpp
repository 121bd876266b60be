#include "edge/report/wording.hpp"

#include <algorithm>
#include <array>

namespace guanxi::edge::report {

namespace {

constexpr std::string_view dash = "–";

/// "-1234.50" as "-1,234.50". Both languages group by thousands.
std::string grouped(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  std::size_t at = std::min(digits.find('.'), digits.size());
  while (at > first + 3) digits.insert(at -= 3, ",");
  return digits;
}

std::string without_trailing_zeros(std::string digits) {
  if (digits.find('.') == std::string::npos) return digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

std::string at_scale(decimal x, int scale) {
  const auto rounded = rescale(x, scale);
  return grouped(rounded ? rounded->to_string() : x.to_string());
}

std::string shown_number(decimal x, unit counted) {
  switch (counted) {
    case unit::money: return at_scale(x, 2);
    case unit::percent: {
      const auto hundredfold = multiply(x, {100, 0});
      return hundredfold ? at_scale(*hundredfold, 1) + "%" : grouped(x.to_string());
    }
    default: return without_trailing_zeros(at_scale(x, std::min<int>(x.scale, 2)));
  }
}

std::string two_digits(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string shown_day(date d, language l) {
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const civil c = d.to_civil();
  const auto month = static_cast<std::size_t>(c.month - 1);
  if (l == language::chinese)
    return std::to_string(c.year) + "年" + std::to_string(c.month) + "月" +
           std::to_string(c.day) + "日";
  return std::to_string(c.day) + " " + months[month] + " " + std::to_string(c.year);
}

/// The sign of a currency as readers of a language write it; else its code and a space.
std::string sign_of(std::string_view currency, language l) {
  struct known {
    std::string_view code, en, zh;
  };
  constexpr known all[] = {{"CNY", "CN¥", "¥"}, {"EUR", "€", "€"},     {"GBP", "£", "£"},
                           {"HKD", "HK$", "HK$"}, {"JPY", "¥", "JP¥"}, {"TWD", "NT$", "NT$"},
                           {"USD", "$", "US$"}};
  for (const known& k : all)
    if (k.code == currency) return std::string(either(l, k.en, k.zh));
  return std::string(currency) + " ";
}

}  // namespace

bool stands_right(const query::column_info& column) {
  return column.type.base == value_type::integer || column.type.base == value_type::decimal;
}

std::string name_of(const definition& in, const query::column_info& column, language l) {
  const column_text* declared = in.column(column.name);
  std::string out;
  if (declared) out = declared->text.in(l);
  else if (column.field) out = words{column.field->label_en, column.field->label_zh}.in(l);
  return out.empty() ? column.name : out;
}

std::string head_of(const answers& in, const query::column_info& column, language l) {
  const std::string name = name_of(in.declared, column, l);
  if (unit_of(in.declared, column) != unit::money) return name;
  return l == language::chinese ? name + "（" + in.currency + "）"
                                : name + " (" + in.currency + ")";
}

std::string shown(const value& v, unit counted, language l) {
  switch (v.type()) {
    case value_type::null: return std::string(dash);
    case value_type::boolean:
      return std::string(v.as_boolean() ? either(l, "Yes", "是") : either(l, "No", "否"));
    case value_type::integer:
    case value_type::decimal: return shown_number(v.number(), counted);
    case value_type::date: return shown_day(v.as_date(), l);
    case value_type::instant: return shown_moment(v.as_instant(), l);
    default: return v.to_string();
  }
}

std::string shown(const value& v, const definition& in, const query::column_info& column,
                  language l) {
  if (column.field && v.type() == value_type::text)
    for (const schema::choice_definition& c : column.field->choices)
      if (c.code == v.as_text()) return words{c.label_en, c.label_zh}.in(l);
  return shown(v, unit_of(in, column), l);
}

std::string row_name(const answers& in, const answer& a, std::size_t row, language l) {
  const value v = a.table.at(row, 0);
  if (!v.is_null()) return shown(v, in.declared, a.table.columns()[0], l);
  if (!a.about.null_title.empty()) return a.about.null_title.in(l);
  return std::string(either(l, "(none)", "（无）"));
}

std::string shown_amount(const value& v, std::string_view currency, language l) {
  if (!v.is_number()) return std::string(dash);
  const decimal x = v.number();
  const bool large = compare(x, {1000, 0}) >= 0 || compare(x, {-1000, 0}) <= 0;
  std::string digits = at_scale(x, large ? 0 : 2);
  const bool negative = digits.starts_with('-');
  return (negative ? "-" : "") + sign_of(currency, l) + digits.substr(negative ? 1 : 0);
}

std::string shown_moment(instant at, language l) {
  const std::int64_t day = at.utc_date().days * microseconds_per_day;
  const auto minutes = static_cast<int>((at.microseconds - day) / (60 * microseconds_per_second));
  const std::string time = two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
  const std::string on = shown_day(at.utc_date(), l);
  return l == language::chinese ? on + " " + time + "（UTC）" : on + ", " + time + " UTC";
}

std::string filled(const std::string& note, const answers& in, language l) {
  std::string out = note;
  for (const expr::parameter_value& p : in.parameters) {
    if (p.is_list) continue;
    const std::string mark = "{" + p.name + "}", text = shown(p.content, unit::number, l);
    for (std::size_t at = out.find(mark); at != std::string::npos;
         at = out.find(mark, at + text.size()))
      out.replace(at, mark.size(), text);
  }
  return out;
}

}  // namespace guanxi::edge::report
