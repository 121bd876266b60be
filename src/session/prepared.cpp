#include "prepared.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr std::size_t most_variants = 16;  // of one query: kinds of users and of parameters
constexpr std::size_t most_texts = 512;
constexpr std::size_t longest_text = 16 * 1024;

template <class F>
void each_tree(const query::statement& s, F&& see) {
  query::each_tree(s, see);
  for (const query::statement& inner : s.nested) each_tree(inner, see);
}

bool hangs_on_time(const expr::tree& t) {
  return std::any_of(t.nodes.begin(), t.nodes.end(), [](const expr::node& n) {
    return n.what == expr::op::call &&
           (n.fn == expr::function::today || n.fn == expr::function::now ||
            n.fn == expr::function::range ||
            (n.fn == expr::function::convert && n.children.size() == 2));  // at today's rate
  });
}

bool asks_whose(const query::statement& s) {
  return s.scope != query::ownership::all ||
         std::any_of(s.nested.begin(), s.nested.end(), asks_whose);
}

/// Parameters that are counts, which plans are made of.
void add_counts(const query::statement& s, std::vector<std::string>& into) {
  for (const expr::tree* t : {&s.limit, &s.offset, &s.most_per, &s.after, &s.as_of})
    if (!t->empty() && t->top().what == expr::op::parameter) into.push_back(t->top().text);
  for (const query::statement& inner : s.nested) add_counts(inner, into);
}

/// The parameter with a place in the stead of its value.
expr::parameter_value opened(const expr::parameter_value& p) {
  const value& v = p.content;
  return {.name = p.name,
          .open = expr::type{
              .base = v.type(),
              .scale = v.type() == value_type::decimal ? v.as_decimal().scale : std::uint8_t{0}}};
}

bool same(const expr::parameter_value& a, const expr::parameter_value& b) {
  return a.name == b.name && a.open == b.open && a.is_list == b.is_list && a.list == b.list &&
         a.content.type() == b.content.type() && a.content == b.content;
}

}  // namespace

bool prepared::state::conditions::same_as(const conditions& other) const {
  return catalog == other.catalog && rules == other.rules && calendar == other.calendar &&
         rates == other.rates && system == other.system && user == other.user &&
         permission_sets == other.permission_sets &&
         std::equal(parameters.begin(), parameters.end(), other.parameters.begin(),
                    other.parameters.end(), same);
}

bool converts_amounts(const query::statement& s) {
  bool out = false;
  each_tree(s, [&out](const expr::tree& t) {
    for (const expr::node& n : t.nodes)
      out = out || (n.what == expr::op::call && n.fn == expr::function::convert);
  });
  return out;
}

prepared::state::state(query::statement s)
    : content(std::move(s)), converts_(converts_amounts(content)), personal_(asks_whose(content)) {
  each_tree(content, [this](const expr::tree& t) { lasting_ = lasting_ && !hangs_on_time(t); });
  lasting_ = lasting_ && content.after.empty();
  add_counts(content, fixed_);
  if (!query::selects_children(content)) return;
  family_ = query::family_of(content);
  if (*family_) parents_ = std::make_unique<state>((*family_)->parents);
}

result<const query::family*> prepared::state::kin() const {
  if (!family_) return static_cast<const query::family*>(nullptr);
  if (!*family_) return unexpected(error(family_->error()));
  return &**family_;
}

std::vector<std::string> prepared::state::names() const {
  std::vector<std::pair<std::uint32_t, std::string>> found;
  each_tree(content, [&](const expr::tree& t) {
    for (const expr::node& n : t.nodes)
      if (n.what == expr::op::parameter) found.emplace_back(n.offset, n.text);
  });
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (auto& [offset, name] : found)
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  return out;
}

prepared::state::conditions prepared::state::conditions_for(
    const policy::grants& as, const std::vector<expr::parameter_value>& parameters,
    const expr::moment& when) const {
  const policy::principal& who = as.who();
  conditions out{as.catalog(), as.policy_shared(), when.calendar, when.rates,
                 who.system,   {},                 {},            {}};
  if (const policy::user* u = who.system ? nullptr : as.rules().find_user(who.user))
    out.permission_sets = u->permission_sets;
  if (personal_) out.user = who.user;
  out.parameters.reserve(parameters.size());
  for (const expr::parameter_value& p : parameters) {
    const bool fixed = std::find(fixed_.begin(), fixed_.end(), p.name) != fixed_.end();
    out.parameters.push_back(fixed || p.content.is_null() ? p : opened(p));
  }
  return out;
}

std::optional<query::plan_ptr> prepared::state::find(const conditions& of) const {
  const std::lock_guard lock(mutex_);
  for (const variant& v : variants_)
    if (v.of.same_as(of)) return v.plan;
  return std::nullopt;
}

void prepared::state::keep(variant v) {
  const std::lock_guard lock(mutex_);
  // Those of other definitions, rules or exchange rates are of no more use.
  std::erase_if(variants_, [&](const variant& old) {
    return old.of.catalog != v.of.catalog || old.of.rules != v.of.rules ||
           old.of.rates != v.of.rates;
  });
  if (variants_.size() < most_variants) return variants_.push_back(std::move(v));
  variants_[next_++ % most_variants] = std::move(v);
}

result<query::trimmed_plan> prepared::state::plan(
    const policy::grants& as, const std::vector<expr::parameter_value>& parameters,
    const expr::moment& when, bool keep_it, expr::pace& pace) {
  const auto bound = [&](std::span<const expr::parameter_value> given) {
    return query::bind(content, as, given, &when, &pace);
  };
  const auto trimmed = [&](result<query::plan_ptr> p) -> result<query::trimmed_plan> {
    if (!p) return passed(p);
    return query::trim(std::move(*p), as);
  };
  const bool lists = std::any_of(parameters.begin(), parameters.end(),
                                 [](const expr::parameter_value& p) { return p.is_list; });
  if (!keep_it || !lasting_ || lists) return trimmed(bound(parameters));
  conditions of = conditions_for(as, parameters, when);
  std::optional<query::plan_ptr> known = find(of);
  if (!known) {
    // What cannot be bound before there are values is bound to them, or wrong in any case.
    const result<query::plan_ptr> made = bound(of.parameters);
    if (!made && (made.error().code() == errc::limit || made.error().code() == errc::interrupted))
      return unexpected(made.error());
    known = made ? *made : nullptr;
    keep({std::move(of), *known});
  }
  if (!*known) return trimmed(bound(parameters));
  result<query::trimmed_plan> out = trimmed(*known);
  if (!out || parameters.empty()) return out;
  std::vector<value> values;
  values.reserve(parameters.size());
  for (const expr::parameter_value& p : parameters) values.push_back(p.content);
  return out->given(values);
}

result<std::shared_ptr<prepared::state>> query_texts::find(std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = places_.find(text); known != places_.end()) {
      used_.splice(used_.begin(), used_, known->second);
      return known->second->second;
    }
  }
  result<query::statement> s = query::parse(text);
  if (!s) return passed(s);
  auto made = std::make_shared<prepared::state>(std::move(*s));
  if (text.size() > longest_text) return made;
  const std::lock_guard lock(mutex_);
  if (places_.contains(text)) return made;  // another thread was quicker
  if (used_.size() >= most_texts) {
    places_.erase(used_.back().first);
    used_.pop_back();
  }
  used_.emplace_front(std::string(text), made);
  places_.emplace(used_.front().first, used_.begin());
  return made;
}

std::string prepared::text() const { return query::print(state_->content); }
std::vector<std::string> prepared::parameters() const { return state_->names(); }

result<prepared> prepare(std::string_view text) {
  result<query::statement> s = query::parse(text);
  if (!s) return passed(s);
  return prepared(std::make_shared<prepared::state>(std::move(*s)));
}

}  // namespace guanxi
