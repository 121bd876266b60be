// Forecasts. Rules: weighted is the sum of amount × probability of the open deals that close in the
// period, a category the sum of full amounts; the commit forecast adds closed and commit, the
// best-case forecast best case too, the open pipeline is all that is not closed; lost deals count
// nowhere. They roll up the role tree: to each user belongs what the users of lower roles have. An
// adjustment stands in place of what the deals say, and changes none. Amounts are converted at the
// rates of their close dates; what has no rate is told as unpriced.
#include "actions.hpp"
#include "guanxi/crm/standard.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace guanxi::crm {

namespace {

using schema::kind;
using work::arguments;
using work::outcome;
using work::sight;

constexpr int cents = 2;
constexpr std::int64_t most_figures = 100'000;  // rows that a forecast may answer with

enum category : std::size_t { pipeline_deals, best_case, committed, closed, categories };
constexpr std::string_view category_names[] = {"pipeline", "best_case", "commit", "closed"};

struct figure {
  std::int64_t deals = 0;
  wide amount = 0;  ///< hundredths
};

/// What deals add up to: of one user, or of all at and below one.
struct sums {
  std::array<figure, categories> of = {};
  figure weighted;
  std::int64_t unpriced = 0;
  sums& operator+=(const sums& more) {
    for (std::size_t c = 0; c < categories; ++c) {
      of[c].deals += more.of[c].deals;
      of[c].amount += more.of[c].amount;
    }
    weighted.deals += more.weighted.deals;
    weighted.amount += more.weighted.amount;
    unpriced += more.unpriced;
    return *this;
  }
};

/// What people think instead; by category.
struct adjusted {
  std::optional<wide> by_user, by_manager;
  std::optional<wide> value() const { return by_manager ? by_manager : by_user; }
};
using adjustments = std::array<adjusted, categories>;

struct person {
  id key, role;
  bool active = true, seen = true;
  sums own = {};
  adjustments own_adjusted = {}, total_adjusted = {};
  std::optional<wide> quota = {};
};

/// What a scope of a person's comes to.
struct standing {
  sums computed;
  std::array<wide, categories> value = {};  ///< after adjustments
};

/// Of a sum with more digits than cents it is rounded; fewer than those of 64 bits always fit 128.
std::optional<wide> hundredths(const value& v) {
  if (v.is_null()) return std::nullopt;
  const decimal d = v.number();
  wide out = d.coefficient;
  for (int digits = d.scale; digits < cents; ++digits) out *= 10;
  if (d.scale > cents) out = *rescaled(d.coefficient, d.scale, cents);
  return out;
}

result<value> money_value(wide amount) {
  if (const auto fits = rescaled(amount, cents, cents)) return value(decimal{*fits, cents});
  return unexpected(errc::overflow, "a sum of the forecast does not fit");
}

/// The period that was asked for.
struct period {
  std::string unit;
  date_span days;
  std::string currency;
  value as_of;  ///< deals as they stood then; null: as they are
};

result<period> period_of(const arguments& given, sight& in, std::string_view base_currency) {
  period out;
  out.unit = given["unit"].as_text();
  const date day = given.has("day") ? given["day"].as_date() : in.days().local_date(in.now());
  result<date_span> span = in.days().span(*calendar_unit_named(out.unit), day, 0, 1);
  if (!span) return passed(span);
  out.days = *span;
  out.currency = given.has("currency") ? given["currency"].as_text() : base_currency;
  if (auto known = currency::parse(out.currency); !known) {
    error why = std::move(known.error());
    why.in_field("currency");
    return unexpected(std::move(why));
  }
  return out;
}

/// Who is at and below one user, with what their deals say.
class company_forecast {
 public:
  company_forecast(sight& in, period of) : in_(in), period_(std::move(of)) {}

  result<void> read(id top) {
    if (auto ok = read_people(top); !ok) return ok;
    if (auto ok = read_deals(); !ok) return ok;
    if (auto ok = read_adjustments(); !ok) return ok;
    return read_quotas();
  }

  const std::vector<person>& people() const noexcept { return people_; }
  const period& when() const noexcept { return period_; }
  bool leads(const person& p) const {
    const auto below = below_.find(p.role.value);
    return p.role && below != below_.end() && !below->second.empty();
  }

  standing own(const person& p) const { return with(p.own, base(p.own), p.own_adjusted); }
  /// A person's own deals and all below.
  standing total(const person& p) const {
    sums computed = p.own;
    std::array<wide, categories> values = own(p).value;
    if (p.role)
      if (const auto below = below_.find(p.role.value); below != below_.end())
        for (std::int64_t role : below->second) add_role(role, computed, values);
    return with(computed, values, p.total_adjusted);
  }

 private:
  static std::array<wide, categories> base(const sums& s) {
    std::array<wide, categories> out;
    for (std::size_t c = 0; c < categories; ++c) out[c] = s.of[c].amount;
    return out;
  }
  static standing with(const sums& computed, std::array<wide, categories> values,
                       const adjustments& by) {
    for (std::size_t c = 0; c < categories; ++c)
      if (const auto instead = by[c].value()) values[c] = *instead;
    return {computed, values};
  }

  /// Everybody in a role and below. Where one person leads it, what that person says of the whole
  /// counts; where several do, nobody speaks for all.
  void add_role(std::int64_t role, sums& computed, std::array<wide, categories>& values) const {
    const std::vector<std::size_t>& here = in_role_.at(role);
    if (here.size() == 1) return add(total(people_[here.front()]), computed, values);
    const bool leaf = below_.find(role) == below_.end() || below_.at(role).empty();
    for (std::size_t i : here)
      add(leaf ? total(people_[i]) : own(people_[i]), computed, values);
    if (!leaf)
      for (std::int64_t lower : below_.at(role)) add_role(lower, computed, values);
  }
  static void add(const standing& s, sums& computed, std::array<wide, categories>& values) {
    computed += s.computed;
    for (std::size_t c = 0; c < categories; ++c) values[c] += s.value[c];
  }

  result<void> read_people(id top) {
    result<query::rows> roles = in_.query_all("select id, parent from role order by id");
    if (!roles) return passed(roles);
    std::map<std::int64_t, std::vector<std::int64_t>> children;
    for (std::size_t i = 0; i < roles->size(); ++i)
      if (!roles->at(i, 1).is_null())
        children[roles->at(i, 1).as_id().value].push_back(roles->at(i, 0).as_id().value);
    result<query::rows> users = in_.query_all("select id, role, active from user order by id");
    if (!users) return passed(users);
    result<query::rows> visible = in_.query("select id from user");
    if (!visible) return passed(visible);
    std::set<std::int64_t> seen;
    for (std::size_t i = 0; i < visible->size(); ++i) seen.insert(visible->at(i, 0).as_id().value);
    id role_of_top;
    for (std::size_t i = 0; i < users->size(); ++i)
      if (users->at(i, 0).as_id() == top && !users->at(i, 1).is_null())
        role_of_top = users->at(i, 1).as_id();
    add_roles(role_of_top.value, children);
    for (std::size_t i = 0; i < users->size(); ++i) {
      const id key = users->at(i, 0).as_id();
      const id role = users->at(i, 1).is_null() ? id{} : users->at(i, 1).as_id();
      const bool below = role && role != role_of_top && in_role_.count(role.value) != 0;
      if (key != top && !below) continue;
      if (role) in_role_[role.value].push_back(people_.size());
      places_[key.value] = people_.size();
      people_.push_back({.key = key,
                         .role = role,
                         .active = users->at(i, 2) == value(true),
                         .seen = seen.count(key.value) != 0});
    }
    return {};
  }

  /// The roles below one; each once, though somebody may have tied them in a circle.
  void add_roles(std::int64_t top, const std::map<std::int64_t, std::vector<std::int64_t>>& all) {
    std::vector<std::int64_t> open = {top};
    in_role_[top];
    while (top != 0 && !open.empty()) {
      const std::int64_t role = open.back();
      open.pop_back();
      const auto found = all.find(role);
      if (found == all.end()) continue;
      for (std::int64_t child : found->second)
        if (in_role_.emplace(child, std::vector<std::size_t>()).second) {
          below_[role].push_back(child);
          open.push_back(child);
        }
    }
  }

  std::vector<expr::parameter_value> days_and(std::string_view name, value v) const {
    return {{.name = "from", .content = period_.days.from},
            {.name = "to", .content = period_.days.to},
            {.name = std::string(name), .content = std::move(v)}};
  }

  result<void> read_deals() {
    const std::string amount = "convert(amount, :currency, at close_date, else null)";
    const bool then = !period_.as_of.is_null();
    std::vector<expr::parameter_value> with = days_and("currency", value(period_.currency));
    if (then) with.push_back({.name = "then", .content = period_.as_of});
    result<query::rows> rows = in_.query(
        "select owner, forecast_category, stage.is_open, count(), sum(" + amount + "), sum(" +
            amount + " * probability * 0.01), count() filter (where amount is not null and " +
            amount + " is null) from opportunity" + (then ? " as of :then" : "") +
            " where close_date >= :from and close_date < :to and not stage.is_lost"
            " group by owner, forecast_category, stage.is_open",
        with);
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const value owner = rows->at(i, 0), in_category = rows->at(i, 1);
      const auto place = owner.is_null() ? places_.end() : places_.find(owner.as_id().value);
      if (place == places_.end()) continue;
      sums& into = people_[place->second].own;
      const std::int64_t deals = rows->at(i, 3).as_integer();
      const auto c = std::find(std::begin(category_names), std::end(category_names),
                               in_category.is_null() ? std::string_view() : in_category.as_text());
      if (c != std::end(category_names)) {
        figure& f = into.of[static_cast<std::size_t>(c - std::begin(category_names))];
        f.deals += deals;
        f.amount += hundredths(rows->at(i, 4)).value_or(0);
      }
      into.unpriced += rows->at(i, 6).as_integer();
      if (rows->at(i, 2) != value(true)) continue;
      into.weighted.deals += deals;
      into.weighted.amount += hundredths(rows->at(i, 5)).value_or(0);
    }
    return {};
  }

  result<void> read_adjustments() {
    if (!in_.may(policy::action::read, "forecast_adjustment")) return {};
    result<query::rows> rows = in_.query(
        "select user, owner, category, scope, convert(amount, :currency, at period_start) "
        "from forecast_adjustment where period_start = :from and unit = :unit "
        "order by modified_at, id",
        {{.name = "from", .content = period_.days.from},
         {.name = "unit", .content = value(period_.unit)},
         {.name = "currency", .content = value(period_.currency)}});
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const auto place = places_.find(rows->at(i, 0).as_id().value);
      if (place == places_.end()) continue;
      person& of = people_[place->second];
      const auto c = std::find(std::begin(category_names), std::end(category_names),
                               rows->at(i, 2).as_text());
      if (c == std::end(category_names)) continue;
      const bool whole = rows->at(i, 3) == value("total") || !leads(of);
      adjusted& into = (whole ? of.total_adjusted
                              : of.own_adjusted)[static_cast<std::size_t>(
          c - std::begin(category_names))];
      // The latest counts; whoever owns it has made it.
      (rows->at(i, 1) == value(of.key) ? into.by_user : into.by_manager) =
          hundredths(rows->at(i, 4));
    }
    return {};
  }

  /// A quota of the whole period, or else the sum of those of shorter ones inside it.
  result<void> read_quotas() {
    if (!in_.may(policy::action::read, "quota")) return {};
    result<query::rows> rows = in_.query(
        "select user, unit, sum(convert(amount, :currency, at period_start)) from quota "
        "where period_start >= :from and period_start < :to group by user, unit",
        days_and("currency", value(period_.currency)));
    if (!rows) return passed(rows);
    constexpr std::string_view units[] = {"fiscal_period", "fiscal_quarter", "fiscal_year"};
    const auto rank = [&](std::string_view unit) {
      return std::find(std::begin(units), std::end(units), unit) - std::begin(units);
    };
    std::map<std::int64_t, std::ptrdiff_t> best;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const std::int64_t key = rows->at(i, 0).as_id().value;
      const std::ptrdiff_t r = rank(rows->at(i, 1).as_text());
      const auto place = places_.find(key);
      if (place == places_.end() || r > rank(period_.unit)) continue;
      const auto [known, fresh] = best.emplace(key, r);
      if (!fresh && known->second > r) continue;
      known->second = r;
      people_[place->second].quota = hundredths(rows->at(i, 2));
    }
    return {};
  }

  sight& in_;
  period period_;
  std::vector<person> people_;
  std::map<std::int64_t, std::size_t> places_;
  std::map<std::int64_t, std::vector<std::size_t>> in_role_;
  std::map<std::int64_t, std::vector<std::int64_t>> below_;  ///< roles directly below a role
};

/// One line of an answer.
struct line {
  std::string_view measure;
  std::int64_t deals = 0;
  wide amount = 0, forecast = 0;
  const adjusted* by = nullptr;
};

std::vector<line> lines_of(const standing& s, const adjustments& by) {
  const auto one = [&](category c) {
    return line{category_names[c], s.computed.of[c].deals, s.computed.of[c].amount, s.value[c],
                &by[c]};
  };
  const auto together = [&](std::string_view name, std::initializer_list<category> all) {
    line out{name};
    for (category c : all) {
      out.deals += s.computed.of[c].deals;
      out.amount += s.computed.of[c].amount;
      out.forecast += s.value[c];
    }
    return out;
  };
  return {{"weighted", s.computed.weighted.deals, s.computed.weighted.amount,
           s.computed.weighted.amount},
          one(pipeline_deals),
          one(best_case),
          one(committed),
          one(closed),
          together("commit_forecast", {closed, committed}),
          together("best_case_forecast", {closed, committed, best_case}),
          together("open_pipeline", {committed, best_case, pipeline_deals})};
}

/// Everybody's lines, one scope after the other: the whole, and of who leads others the own deals.
template <class Take>
result<void> each_line(const company_forecast& of, Take&& take) {
  std::int64_t lines = 0;
  for (const person& p : of.people()) {
    if (!p.seen) continue;  // who is out of sight counts in the sums, and is not told of
    const bool leads = of.leads(p);
    for (const bool whole : {true, false}) {
      if (!whole && !leads) continue;
      const standing s = whole ? of.total(p) : of.own(p);
      for (const line& l : lines_of(s, whole ? p.total_adjusted : p.own_adjusted)) {
        if (++lines > most_figures)
          return unexpected(errc::limit, "the forecast has more than " +
                                             std::to_string(most_figures) +
                                             " figures; ask for that of somebody further down");
        if (auto ok = take(p, whole ? "total" : "own", s, l); !ok) return ok;
      }
    }
  }
  return {};
}

id whose(const arguments& given, const sight& in) {
  const id asked = given.reference("user");
  return asked ? asked : in.who().user;
}

result<company_forecast> read_forecast(const arguments& given, sight& in, value as_of = {}) {
  result<query::rows> base =
      in.query_all("select content from setting where name = 'base_currency'");
  if (!base) return passed(base);
  result<period> when = period_of(
      given, in, base->empty() ? std::string_view("USD") : base->at(0, 0).to_string());
  if (!when) return passed(when);
  const id top = whose(given, in);
  if (!top)
    return unexpected(error(errc::invalid_argument, "say whose forecast by `user`; nobody acts")
                          .in_field("user"));
  if (auto seen = in.get("user", top); !seen) return passed(seen);
  when->as_of = std::move(as_of);
  company_forecast out(in, std::move(*when));
  if (auto ok = out.read(top); !ok) return passed(ok);
  return out;
}

value attainment(const line& l, const std::optional<wide>& quota) {
  if (l.measure != "closed" || !quota || *quota == 0) return {};
  const auto ratio = divided(l.amount, cents, *quota, cents, 4);
  return ratio ? value(decimal{*ratio, 4}) : value();
}

result<void> forecast(const arguments& given, sight& in, outcome& out) {
  result<company_forecast> of = read_forecast(given, in, given["as_of"]);
  if (!of) return passed(of);
  return each_line(*of, [&](const person& p, const char* scope, const standing& s,
                            const line& l) -> result<void> {
    std::vector<outcome::cell> row = {value(p.key), value(scope),
                                      value(of->when().days.from), value(of->when().currency),
                                      value(l.measure), value(l.deals)};
    std::optional<wide> by_user, by_manager;
    if (l.by) by_user = l.by->by_user, by_manager = l.by->by_manager;
    const bool has_quota = l.measure == "closed" && std::string_view(scope) == "total" && p.quota;
    const std::optional<wide> amounts[] = {l.amount, by_user, by_manager, l.forecast,
                                           has_quota ? p.quota : std::nullopt};
    for (const std::optional<wide>& a : amounts) {
      result<value> v = a ? money_value(*a) : value();
      if (!v) return passed(v);
      row.emplace_back(std::move(*v));
    }
    row.emplace_back(has_quota ? attainment(l, p.quota) : value());
    row.emplace_back(value(s.computed.unpriced));
    out.answer(std::move(row));
    return {};
  });
}

/// Frozen figures are the company's, so who freezes them has to see all that they are made of: a
/// user's own, or somebody above.
result<void> may_freeze(const arguments& given, sight& in) {
  constexpr int deepest = 64;
  const id top = whose(given, in);
  if (in.who().system || top == in.who().user ||
      in.may(policy::action::edit, "permission_set"))
    return {};
  result<schema::record> of = in.get("user", top);
  if (!of) return passed(of);
  std::optional<id> at = (*of)[user::role];
  for (int i = 0; at && i < deepest; ++i) {
    result<schema::record> here = in.get_all("role", *at);
    if (!here) return passed(here);
    at = here->empty() ? std::nullopt : (*here)[role::parent];
    if (at && at == in.who().role) return {};
  }
  return unexpected(error(errc::permission, "you may freeze your own forecast and those of who is "
                                            "below you in the role tree")
                        .in_field("user"));
}

result<void> freeze(const arguments& given, sight& in, outcome& out) {
  if (auto ok = may_freeze(given, in); !ok) return ok;
  result<company_forecast> of = read_forecast(given, in, given["as_of"]);
  if (!of) return passed(of);
  std::int64_t taken = 0;
  const auto ok = each_line(*of, [&](const person& p, const char* scope, const standing&,
                                     const line& l) -> result<void> {
    result<value> amount = money_value(l.amount), forecast = money_value(l.forecast);
    if (!amount || !forecast) return passed(amount ? forecast : amount);
    schema::draft& d =
        out.create("forecast_snapshot", outcome::authority::action).content;
    d.set(forecast_snapshot::user = p.key).set(forecast_snapshot::taken_at = in.now());
    d.set(forecast_snapshot::unit = of->when().unit);
    d.set(forecast_snapshot::period_start = of->when().days.from);
    d.set(forecast_snapshot::scope = std::string_view(scope));
    d.set(forecast_snapshot::measure = l.measure).set(forecast_snapshot::deals = l.deals);
    d.set("currency", value(of->when().currency));
    d.set("amount", *amount).set("forecast", *forecast);
    if (p.active) d.set(schema::system_field::owner = p.key);
    ++taken;
    return {};
  });
  if (!ok) return ok;
  out.answer({value(in.now()), value(taken)});
  return {};
}

/// What was predicted for a period at each moment that was frozen, beside what has closed in it.
result<void> accuracy(const arguments& given, sight& in, outcome& out) {
  result<company_forecast> of = read_forecast(given, in);
  if (!of) return passed(of);
  result<query::rows> then = in.query(
      "select user, scope, taken_at, measure, convert(forecast, :currency, at period_start) "
      "from forecast_snapshot where period_start = :from and unit = :unit and "
      "measure in ('weighted', 'commit_forecast', 'best_case_forecast') "
      "order by user, scope desc, taken_at, measure, id",
      {{.name = "from", .content = of->when().days.from},
       {.name = "unit", .content = value(of->when().unit)},
       {.name = "currency", .content = value(of->when().currency)}});
  if (!then) return passed(then);
  std::map<std::pair<std::int64_t, std::string>, wide> now;
  const auto known = each_line(*of, [&](const person& p, const char* scope, const standing&,
                                        const line& l) -> result<void> {
    if (l.measure == "closed") now[{p.key.value, scope}] = l.amount;
    return {};
  });
  if (!known) return known;
  for (std::size_t i = 0; i < then->size(); ++i) {
    const auto closed_now =
        now.find({then->at(i, 0).as_id().value, std::string(then->at(i, 1).as_text())});
    if (closed_now == now.end()) continue;
    result<value> has_closed = money_value(closed_now->second);
    if (!has_closed) return passed(has_closed);
    const std::optional<wide> predicted = hundredths(then->at(i, 4));
    value ratio;
    if (predicted && *predicted != 0)
      if (const auto r = divided(closed_now->second, cents, *predicted, cents, 4))
        ratio = value(decimal{*r, 4});
    out.answer({then->at(i, 0), then->at(i, 1), then->at(i, 2), value(of->when().days.from),
                value(of->when().currency), then->at(i, 3), then->at(i, 4), *has_closed, ratio});
  }
  return {};
}

std::vector<schema::choice_definition> unit_choices() {
  std::vector<schema::choice_definition> out;
  for (const schema::choice_row& c : forecast_units)
    out.push_back({std::string(c.code), std::string(c.text.en), std::string(c.text.zh)});
  return out;
}

schema::field_definition amount_named(const char* name) {
  return {.name = name, .type = kind::decimal, .scale = cents};
}

std::vector<schema::field_definition> parameters(bool of_the_past) {
  std::vector<schema::field_definition> out = {
      {.name = "user", .type = kind::reference, .target = "user"},
      {.name = "unit", .type = kind::choice, .choices = unit_choices(),
       .initial = "'fiscal_quarter'"},
      {.name = "day", .type = kind::date},
      {.name = "currency", .type = kind::text}};
  if (of_the_past) out.push_back({.name = "as_of", .type = kind::instant});
  return out;
}

work::action forecast_row() {
  return {.name = "opportunity.forecast", .label_en = "Forecast", .label_zh = "销售预测",
          .entity = "opportunity", .writes = false, .parameters = parameters(true),
          .results = {{.name = "user", .type = kind::reference, .target = "user"},
                      {.name = "scope", .type = kind::text},
                      {.name = "period_start", .type = kind::date},
                      {.name = "currency", .type = kind::text},
                      {.name = "measure", .type = kind::text},
                      {.name = "deals", .type = kind::integer},
                      amount_named("amount"), amount_named("user_adjustment"),
                      amount_named("manager_adjustment"), amount_named("forecast"),
                      amount_named("quota"),
                      {.name = "attainment", .type = kind::decimal, .scale = 4},
                      {.name = "unpriced", .type = kind::integer}},
          .run = forecast};
}

work::action freeze_row() {
  return {.name = "opportunity.freeze_forecast", .label_en = "Freeze a forecast",
          .label_zh = "冻结预测", .entity = "opportunity", .parameters = parameters(true),
          .results = {{.name = "taken_at", .type = kind::instant},
                      {.name = "figures", .type = kind::integer}},
          .run = freeze};
}

work::action accuracy_row() {
  return {.name = "opportunity.forecast_accuracy", .label_en = "Forecast accuracy",
          .label_zh = "预测准确率", .entity = "opportunity", .writes = false,
          .parameters = parameters(false),
          .results = {{.name = "user", .type = kind::reference, .target = "user"},
                      {.name = "scope", .type = kind::text},
                      {.name = "taken_at", .type = kind::instant},
                      {.name = "period_start", .type = kind::date},
                      {.name = "currency", .type = kind::text},
                      {.name = "measure", .type = kind::text},
                      amount_named("predicted"), amount_named("closed"),
                      {.name = "closed_of_predicted", .type = kind::decimal, .scale = 4}},
          .run = accuracy};
}

}  // namespace

std::vector<work::action> forecast_actions() {
  return {forecast_row(), freeze_row(), accuracy_row()};
}

}  // namespace guanxi::crm
