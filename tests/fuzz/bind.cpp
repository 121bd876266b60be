// A statement over the standard catalog and an entity of a company's own, for somebody who sees a
// part of it. What is hidden is not there: every outcome is that of a catalog without it, to the
// letter. What is bound is trimmed and run over a few rows, and an expression is worth the same
// before and after it is folded. Selects of children are bound as the statements that they are.
//
// A parameter's name begins with what it is: :i… an integer, :d… a decimal, :t… a text, :b… a
// boolean, :a… a date, :m… an instant, :r… a reference, :n… null, :l… a list of texts, :k… of
// numbers, :o… an integer that comes later. Others are not given.
#include "property.hpp"

#include "guanxi/crm/standard.hpp"
#include "guanxi/expr/print.hpp"
#include "guanxi/query/family.hpp"
#include "guanxi/query/resolve.hpp"
#include "guanxi/query/run.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <set>

namespace {

using namespace fuzz;
using schema::kind;

/// Letters of ASCII fold; what ICU makes of others is not what is looked for here.
class plain_text_services : public text_services {
 public:
  std::string folded(std::string_view text) const override { return lowered(text); }
  std::string lowered(std::string_view text) const override {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  }
  std::string uppered(std::string_view text) const override {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
  }
  std::string composed(std::string_view text) const override { return std::string(text); }
  std::string sort_key(std::string_view text, std::string_view) const override {
    return std::string(text);
  }
};

constexpr schema::choice_row moods[] = {{"good", {"Good", "好"}}, {"bad", {"Bad", "差"}}};
constexpr schema::field_row visit_fields[] = {
    {.name = "x_topic", .type = kind::text, .text = {"Topic", "主题"}, .flags = schema::title},
    {.name = "x_account", .type = kind::reference, .text = {"Account", "客户"},
     .target = "account"},
    {.name = "x_mood", .type = kind::choice, .text = {"Mood", "气氛"}, .choices = moods},
    {.name = "x_paid", .type = kind::boolean, .text = {"Paid", "已付"}},
    {.name = "x_day", .type = kind::date, .text = {"Day", "日期"}},
    {.name = "x_start", .type = kind::instant, .text = {"Start", "开始"}},
    {.name = "x_guests", .type = kind::integer, .text = {"Guests", "人数"}},
    {.name = "x_rate", .type = kind::decimal, .text = {"Rate", "比率"}, .scale = 4},
    {.name = "x_cost", .type = kind::money, .text = {"Cost", "费用"}},
};
constexpr schema::entity_row visit{.name = "x_visit", .text = {"Visit", "拜访"},
                                   .plural = {"Visits", "拜访"}, .fields = visit_fields};
constexpr schema::field_row secret_field{.name = "x_secret", .type = kind::integer,
                                         .text = {"Secret", "秘密"}};
constexpr schema::field_row vault_fields[] = {
    {.name = "x_code", .type = kind::text, .text = {"Code", "代码"}},
    {.name = "x_owner_account", .type = kind::reference, .text = {"Account", "客户"},
     .target = "account"},
};
constexpr schema::entity_row vault{.name = "x_vault", .text = {"Vault", "保险箱"},
                                   .plural = {"Vaults", "保险箱"}, .fields = vault_fields};

/// With what the guest does not see, or as if it were not.
schema::catalog_ptr company(bool with_hidden) {
  std::vector<schema::entity_definition> all;
  for (const schema::entity_row* row : crm::rows()) all.push_back(schema::define(*row));
  all.push_back(schema::define(visit));
  if (with_hidden) {
    for (schema::entity_definition& e : all)
      if (e.name == "account" || e.name == "x_visit")
        e.fields.push_back(schema::define(secret_field));
    all.push_back(schema::define(vault));
  }
  return schema::catalog::compile(all).value();
}

/// User 1 does everything; user 2 reads all but account.x_secret, x_visit.x_secret and x_vault.
policy::rulebook_ptr rights() {
  policy::rules r;
  r.roles = {{id{1}, id{}, "top"}, {id{2}, id{1}, "below"}};
  r.users = {{id{1}, "chief", "chief", id{1}, true, {id{1}}},
             {id{2}, "guest", "guest", id{2}, true, {id{2}}}};
  r.entity_rights.push_back(
      {.permission_set = id{1}, .entity = "*", .read = true, .modify_all = true});
  for (const schema::entity_row* row : crm::rows())
    r.entity_rights.push_back(
        {.permission_set = id{2}, .entity = std::string(row->name), .read = true});
  r.entity_rights.push_back({.permission_set = id{2}, .entity = "x_visit", .read = true});
  for (const char* e : {"account", "x_visit"})
    r.field_rights.push_back({.permission_set = id{2}, .entity = e, .field = "x_secret"});
  return policy::rulebook::compile(std::move(r)).value();
}

rates_ptr rates() {
  const date then = date::parse("2026-01-01").value();
  return std::make_shared<const exchange_rates>(
      currency("CNY"), std::vector<dated_rate>{{currency("EUR"), then, 7'850'000'000'000},
                                               {currency("JPY"), then, 47'000'000'000}});
}

struct world {
  schema::catalog_ptr whole = company(true), seen = company(false);
  policy::rulebook_ptr rules = rights();
  policy::grants chief{rules, whole, policy::principal::of(*rules->find_user("chief"))};
  policy::grants guest{rules, whole, policy::principal::of(*rules->find_user("guest"))};
  policy::grants stranger{rules, seen, policy::principal::of(*rules->find_user("guest"))};
  expr::moment when{instant::parse("2026-03-01T09:00:00Z").value(), plain_calendar(), rates()};
  plain_text_services text;
};

world& home() {
  static world one;
  return one;
}

std::optional<expr::parameter_value> given(const std::string& name) {
  expr::parameter_value p{.name = name};
  switch (name.front()) {
    case 'i': p.content = value(std::int64_t{42}); break;
    case 'd': p.content = value(decimal{1250, 2}); break;
    case 't': p.content = value("2026-03-01"); break;
    case 'b': p.content = value(true); break;
    case 'a': p.content = value(date::parse("2026-02-28").value()); break;
    case 'm': p.content = value(instant::parse("2026-03-01T00:00:00Z").value()); break;
    case 'r': p.content = value(id{7}); break;
    case 'n': break;
    case 'l': p.is_list = true; p.list = {value("Acme"), value(), value("good")}; break;
    case 'k': p.is_list = true; p.list = {value(1), value(decimal{15, 1}), value(7)}; break;
    case 'o': p.open = expr::type{.base = value_type::integer}; break;
    default: return std::nullopt;
  }
  return p;
}

std::vector<expr::parameter_value> parameters_of(std::string_view text) {
  std::vector<expr::parameter_value> out;
  const auto tokens = expr::tokenise(text);
  if (!tokens) return out;
  std::set<std::string> names;
  for (const expr::token& t : *tokens)
    if (t.what == expr::token_kind::parameter && names.insert(t.text).second)
      if (auto p = given(t.text)) out.push_back(std::move(*p));
  return out;
}

value sample(value_type of, std::uint8_t scale, int row) {
  const std::int64_t n = row == 1 ? 3 : std::numeric_limits<std::int64_t>::max();
  if (row == 0) return {};
  switch (of) {
    case value_type::null: return {};
    case value_type::boolean: return row == 1;
    case value_type::integer: return n;
    case value_type::decimal: return decimal{n, scale};
    case value_type::text: return row == 1 ? "Acme" : "";
    case value_type::date: return date::parse(row == 1 ? "2026-02-28" : "9999-12-31").value();
    case value_type::instant:
      return instant::parse(row == 1 ? "2026-02-28T23:59:59Z" : "9999-12-31T23:59:59Z").value();
    case value_type::reference: return id{n};
  }
  return {};
}

std::vector<expr::parameter_value> with_keys(std::span<const expr::parameter_value> given) {
  std::vector<expr::parameter_value> out(given.begin(), given.end());
  out.push_back({.name = "keys", .list = {value(id{7})}, .is_list = true});
  return out;
}

/// Rows of nothing, of what is usual, and of the greatest there is.
std::vector<std::vector<value>> rows_of(const expr::path_table& paths) {
  std::vector<std::vector<value>> out;
  for (int row = 0; row < 3; ++row) {
    out.emplace_back();
    for (const expr::bound_path& p : paths.entries())
      out.back().push_back(sample(schema::stored_as(p.last().type), p.last().scale, row));
  }
  return out;
}

/// All that anybody is told of a binding.
std::string told(const result<query::plan_ptr>& p) {
  std::string out;
  if (!p) {
    const error& e = p.error();
    out = std::string(name(e.code())) + " at " + std::to_string(e.offset()) + ": ";
    return out.append(e.message()) + " " + std::string(e.entity()) + "." + std::string(e.field());
  }
  for (const query::column_info& c : (*p)->columns) {
    out += c.name + " " + std::string(name(c.type.base)) + " " + std::to_string(c.type.scale);
    if (c.type.target) out += " of " + std::string(c.type.target->name());
    out += '\n';
  }
  return out;
}

result<query::rows> run(const query::trimmed_plan& asked) {
  world& here = home();
  query::memory_account account(std::size_t{1} << 20);
  const query::bounds within{.text = &here.text, .max_rows = 1'000, .memory = &account};
  const auto inner = [](const query::trimmed_plan& p) { return run(p); };
  result<query::trimmed_plan> ready = query::resolved(asked, within, inner);
  if (!ready) return passed(ready);
  const query::plan& whole = ready->what();
  query::residue all;
  all.filters.assign(whole.filters.size(), true);
  query::engine e(whole, std::move(all), within);
  for (const std::vector<value>& row : rows_of(whole.paths)) {
    result<bool> more = e.take(row);
    if (!more) return passed(more);
    if (!*more) break;
  }
  result<query::rows> out = e.finish();
  require(!out || out->columns().size() == whole.columns.size(), "an answer with other columns");
  return out;
}

/// What somebody is told of a select, and of those of children in it.
std::string told(const query::statement& s, const policy::grants& who,
                 std::span<const expr::parameter_value> parameters) {
  world& here = home();
  if (!query::selects_children(s)) return told(query::bind(s, who, parameters, &here.when));
  const result<query::family> f = query::family_of(s);
  if (!f) return told(unexpected(error(f.error())));
  std::string out = told(query::bind(f->parents, who, parameters, &here.when));
  const schema::entity* root = who.catalog()->find(f->parents.entity);
  if (!root || !who.of(*root).may_read) return out;
  for (const query::branch& b : f->branches) {
    const auto related = query::children_of(b, who, *root);
    out += '\n';
    out += related ? told(b.of_these(*related->of, related->via->name, "keys"), who,
                          with_keys(parameters))
                   : told(unexpected(error(related.error())));
  }
  return out;
}

void walk_statement(std::string_view text) {
  world& here = home();
  const result<query::statement> s = query::parse(text);
  if (!s) return;
  printed(*s);
  const std::vector<expr::parameter_value> parameters = parameters_of(text);
  const std::string mine_told = told(*s, here.guest, parameters);
  const std::string bare_told = told(*s, here.stranger, parameters);
  require(mine_told == bare_told, "what is hidden can be told", mine_told + "\n" + bare_told);
  if (query::selects_children(*s)) return;
  const result<query::plan_ptr> mine = query::bind(*s, here.guest, parameters, &here.when);
  const result<query::plan_ptr> all = query::bind(*s, here.chief, parameters, &here.when);
  if (!all) require_good(all.error(), text.size(), true);
  if (all) {
    const result<query::trimmed_plan> cut = query::trim(*all, here.guest);
    if (!cut) require_good(cut.error(), text.size(), false);
    require(!cut || mine.has_value(), "trimmed is what could not be bound", text);
    require(!cut || told(all) == told(mine), "trimmed is another answer", text);
  }
  if (!mine) return require_good(mine.error(), text.size(), true);
  const result<query::trimmed_plan> mine_cut = query::trim(*mine, here.guest);
  if (!mine_cut)
    return require(mine_cut.error().code() == errc::permission, "what was bound is trimmed away",
                   mine_cut.error().message());
  const bool open = std::any_of(parameters.begin(), parameters.end(),
                                [](const auto& p) { return p.open.has_value(); });
  if (open) return;
  if (const result<query::rows> out = run(*mine_cut); !out) require_good(out.error(), 0, false);
}

void walk_expression(std::string_view text) {
  world& here = home();
  const result<expr::tree> t = expr::parse(text);
  if (!t) return;
  const std::vector<expr::parameter_value> parameters = parameters_of(text);
  expr::path_table paths(*here.whole->find("x_visit"));
  expr::scope in;
  in.paths = &paths;
  in.sees = [&here](const schema::field& f) { return here.guest.sees(f); };
  in.parameters = parameters;
  in.when = &here.when;
  const result<expr::expression> e = expr::bind(*t, in);
  if (!e) return require_good(e.error(), text.size(), true);
  if (std::any_of(e->nodes.begin(), e->nodes.end(),
                  [](const expr::node& n) { return n.what == expr::op::parameter; }))
    return;
  const expr::expression folded = expr::fold(*e);
  for (const std::vector<value>& row : rows_of(paths)) {
    const expr::inputs from{.paths = row, .columns = {}, .text = &here.text};
    const result<value> before = expr::evaluate(*e, from), after = expr::evaluate(folded, from);
    if (!before) require_good(before.error(), text.size(), false);
    require(before.has_value() == after.has_value(), "folded it fails otherwise", text);
    if (!before) continue;
    require(before->type() == after->type() && *before == *after, "folded it is worth another",
            std::string(text) + "\n" + before->to_string() + "\n" + after->to_string());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  walk_statement(text);
  walk_expression(text);
  return 0;
}
