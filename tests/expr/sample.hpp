// A small company for the tests of expressions: opportunities, their accounts and their owners.
#pragma once

#include "guanxi/expr/bind.hpp"
#include "guanxi/expr/evaluate.hpp"
#include "guanxi/expr/parse.hpp"
#include "guanxi/expr/print.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace expr_sample {

using namespace guanxi;
using namespace guanxi::schema;

inline constexpr choice_row classes[] = {
    {"open", {"Open", "进行中"}}, {"won", {"Won", "赢单"}}, {"lost", {"Lost", "输单"}}};

inline constexpr field_row user_fields[] = {
    {.name = "name", .type = kind::text, .text = {"Name", "姓名"}, .flags = title},
    {.name = "manager", .type = kind::reference, .text = {"Manager", "上级"}, .target = "user"},
};
inline constexpr field_row account_fields[] = {
    {.name = "name", .type = kind::text, .text = {"Name", "名称"}, .flags = title},
    {.name = "industry", .type = kind::text, .text = {"Industry", "行业"}},
    {.name = "parent", .type = kind::reference, .text = {"Parent", "上级"}, .target = "account"},
    {.name = "employees", .type = kind::integer, .text = {"Employees", "员工数"}},
};
inline constexpr field_row opportunity_fields[] = {
    {.name = "name", .type = kind::text, .text = {"Name", "名称"}, .flags = title},
    {.name = "account", .type = kind::reference, .text = {"Account", "客户"}, .target = "account"},
    {.name = "amount", .type = kind::money, .text = {"Amount", "金额"}},
    {.name = "cost", .type = kind::money, .text = {"Cost", "成本"}},
    {.name = "discount", .type = kind::decimal, .text = {"Discount", "折扣"}, .scale = 4},
    {.name = "probability", .type = kind::integer, .text = {"Probability", "概率"}},
    {.name = "class", .type = kind::choice, .text = {"Class", "类别"}, .choices = classes},
    {.name = "urgent", .type = kind::boolean, .text = {"Urgent", "紧急"}},
    {.name = "close_date", .type = kind::date, .text = {"Close date", "成交日期"}},
    {.name = "engage_date", .type = kind::date, .text = {"Engage date", "接洽日期"}},
    {.name = "last_call", .type = kind::instant, .text = {"Last call", "最近通话"}},
    {.name = "margin", .type = kind::money, .text = {"Margin", "毛利"}},  // hidden in some tests
};
inline constexpr entity_row entities[] = {
    {.name = "user", .text = {"User", "用户"}, .plural = {"Users", "用户"}, .fields = user_fields},
    {.name = "account", .text = {"Account", "客户"}, .plural = {"Accounts", "客户"},
     .fields = account_fields},
    {.name = "opportunity", .text = {"Opportunity", "商机"}, .plural = {"Opportunities", "商机"},
     .fields = opportunity_fields},
};

inline const catalog& company() {
  static const catalog_ptr made = [] {
    std::vector<entity_definition> all;
    for (const entity_row& e : entities) all.push_back(define(e));
    return catalog::compile(all).value();
  }();
  return *made;
}

inline const entity& opportunity() { return *company().find("opportunity"); }

/// When its expressions are bound: an evening of March, in UTC.
inline const expr::moment& moment() {
  static const expr::moment one{instant::parse("2017-03-01T20:00:00Z").value(), plain_calendar()};
  return one;
}

/// An expression over opportunities, with the paths that it reads.
struct bound {
  expr::path_table paths{opportunity()};
  result<expr::expression> e = unexpected(errc::internal, "not bound");

  explicit bound(std::string_view text, std::vector<expr::parameter_value> parameters = {},
                 bool aggregates = false, std::string_view hidden = {}) {
    result<expr::tree> t = expr::parse(text);
    if (!t) {
      e = unexpected(t.error());
      return;
    }
    expr::scope in;
    in.paths = &paths;
    in.parameters = parameters;
    in.aggregates = aggregates;
    in.when = &moment();
    in.sees = [hidden](const field& f) { return f.name != hidden; };
    e = expr::bind(*t, in);
  }

  const error& why() const { return e.error(); }
  const expr::type& type() const { return e->top().type; }
};

/// The dotted name of a path.
inline std::string spelled(const expr::bound_path& p) {
  std::string out;
  for (const field* f : p.steps) out += (out.empty() ? "" : ".") + f->name;
  return out;
}

using row = std::map<std::string, value, std::less<>>;

inline std::vector<value> values_of(const expr::path_table& paths, const row& r) {
  std::vector<value> out;
  for (const expr::bound_path& p : paths.entries()) {
    const auto at = r.find(spelled(p));
    out.push_back(at == r.end() ? value() : at->second);
  }
  return out;
}

/// The value of a text over a row; fails the caller's expectation by throwing.
inline result<value> evaluated(std::string_view text, const row& r = {},
                               std::vector<expr::parameter_value> parameters = {}) {
  static const std::shared_ptr<const text_services> services = make_text_services();
  bound b(text, std::move(parameters));
  if (!b.e) return unexpected(b.why());
  const std::vector<value> values = values_of(b.paths, r);
  return expr::evaluate(*b.e, {.paths = values, .columns = {}, .text = services.get()});
}

/// The value as text, or "error <code>".
inline std::string answer(std::string_view text, const row& r = {}) {
  result<value> v = evaluated(text, r);
  return v ? v->to_string() : "error " + std::string(name(v.error().code()));
}

inline decimal exact(std::string_view text) { return decimal::parse(text).value(); }
inline date day(std::string_view text) { return date::parse(text).value(); }
inline instant at(std::string_view text) { return instant::parse(text).value(); }

}  // namespace expr_sample
