// Effects to quiet: each round runs what the last round's changes trigger.
#include "run.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

namespace {

unexpected undeclared(const effect& e, const schema::field& f) {
  return unexpected(error(errc::misuse, "the effect `" + e.name + "` writes `" +
                                            std::string(f.of->name()) + "." + f.name +
                                            "`, which it does not declare")
                        .in_entity(f.of->name())
                        .in_field(f.name));
}

}  // namespace

/// The value at the end of a path, through the records of this call where they are meant.
result<value> pipeline::run::read_path(const item& it, const expr::bound_path& path) {
  const schema::record* at = &it.after;
  image held;
  for (const schema::field* step : path.steps) {
    const value& v = at->at(step->slot);
    if (step == path.steps.back() || v.is_null()) return v;
    if (const item* pending = find(*step->target_entity, v.as_id())) {
      at = &pending->after;
      continue;
    }
    result<image> parent = p_.load(*step->target_entity, v.as_id());
    if (!parent) return passed(parent);
    held = std::move(*parent);
    if (!held) return value();
    at = held.get();
  }
  return value();
}

result<std::vector<value>> pipeline::run::read_paths(const item& it, const installed_effect& e) {
  std::vector<value> out;
  out.reserve(e.paths.size());
  for (const expr::bound_path& path : e.paths) {
    result<value> v = read_path(it, path);
    if (!v) return passed(v);
    out.push_back(std::move(*v));
  }
  return out;
}

result<std::vector<query::rows>> pipeline::run::read_queries(
    const item& it, const std::vector<query::trimmed_plan>& all) {
  std::vector<query::rows> out;
  if (all.empty()) return out;
  const std::size_t slots = it.of().slots();
  std::vector<value> images(it.after.slots().begin(), it.after.slots().end());
  images.resize(2 * slots);
  if (it.before)
    std::copy_n(it.before->slots().begin(), slots,
                images.begin() + static_cast<std::ptrdiff_t>(slots));
  for (const query::trimmed_plan& q : all) {
    result<query::rows> rows = p_.in_->read(q.given(images), within());
    if (!rows) return passed(rows);
    out.push_back(std::move(*rows));
  }
  return out;
}

/// Whether a condition that is kept as text holds for a record as it stands in this round.
result<bool> pipeline::run::meets(const item& it, const value& text) {
  if (text.is_null() || text.as_text().empty()) return true;
  const std::pair at(&it.of(), std::string(text.as_text()));
  auto known = conditions_.find(at);
  if (known == conditions_.end()) {
    result<condition> made = condition_of(text.as_text(), it.of());
    if (!made) {
      // It was good when it was written; whoever changes a record now is not to blame for it.
      if (p_.world().log)
        p_.world().log("the condition " + in_backticks(text.as_text()) + " of a rule about `" +
                       std::string(it.of().name()) + "` cannot be used any more: " +
                       std::string(made.error().message()));
      return false;
    }
    known = conditions_.emplace(at, std::move(*made)).first;
  }
  std::vector<value> paths;
  for (const expr::bound_path& path : known->second.paths.entries()) {
    result<value> v = read_path(it, path);
    if (!v) return passed(v);
    paths.push_back(std::move(*v));
  }
  return expr::holds(known->second.content,
                     {.paths = paths, .text = p_.world().text.get()});
}

result<std::vector<query::rows>> pipeline::run::read_conditions(const item& it,
                                                                const installed_effect& e) {
  result<std::vector<query::rows>> all = read_queries(it, e.conditions);
  if (!all) return all;
  for (query::rows& rules : *all) {
    std::vector<std::size_t> met, columns;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      result<bool> holds = meets(it, rules.at(i, 0));
      if (!holds) return passed(holds);
      if (*holds) met.push_back(i);
    }
    for (std::size_t c = 0; c < rules.columns().size(); ++c) columns.push_back(c);
    if (met.size() < rules.size()) rules = rules.picked(met, columns);
  }
  return all;
}

result<void> pipeline::run::take_output(item& it, const installed_effect& e, const output& out) {
  for (const error& no : out.refusals()) faults_.push_back(no);
  for (const schema::assignment& a : out.own()) {
    const schema::field& f = it.of().at(a.slot);
    result<value> fits = schema::fitted(f, a.content);
    if (!fits) return passed(fits);
    if (!e.may_write(f)) return undeclared(e.rule, f);
    set(it, a.slot, std::move(*fits), e.rule.as);
  }
  for (const auto& other : out.others())
    if (auto ok = take_other(it, e, *other); !ok) return ok;
  return {};
}

/// What an effect changes or creates besides the record itself.
result<void> pipeline::run::take_other(item& it, const installed_effect& e,
                                       const output::item& other) {
  namespace at = schema::system_slot;
  if (!other.content.errors().empty()) return unexpected(other.content.errors().front());
  result<const schema::entity*> known = own(other.content);
  if (!known) return passed(known);
  const schema::entity& of = **known;
  result<item*> to = other.key ? start(of, other.key) : start_new(of);
  if (!to) return passed(to);
  item& changed = **to;
  changed.cause = &e.rule.name;
  for (const schema::draft::entry& entry : other.content.entries()) {
    if (!e.may_write(of.at(entry.slot))) return undeclared(e.rule, of.at(entry.slot));
    set(changed, entry.slot, entry.content, e.rule.as);
  }
  if (!changed.fresh()) return {};
  // What an effect creates belongs to whom the changed record belongs.
  if (changed.after.at(at::owner).is_null()) {
    set(changed, at::owner, it.after.at(at::owner), e.rule.as);
    set(changed, at::owner_role, it.after.at(at::owner_role), write_class::derived);
  }
  return apply_defaults(changed);
}

result<void> pipeline::run::run_effect(item& it, const installed_effect& e) {
  work::change c;
  c.what = it.kind();
  c.before = it.before.get();
  c.after = &it.after;
  c.touched = it.touched;
  c.now = now_;
  c.zones = p_.world().zones.get();
  if (e.rule.when && !e.rule.when(c)) return {};
  result<std::vector<value>> paths = read_paths(it, e);
  if (!paths) return passed(paths);
  result<std::vector<query::rows>> queries = read_queries(it, e.queries);
  if (!queries) return passed(queries);
  result<std::vector<query::rows>> met = read_conditions(it, e);
  if (!met) return passed(met);
  output out(*catalog());
  e.rule.run(c, {*paths, *queries, *met}, out);
  return take_output(it, e, out);
}

result<void> pipeline::run::run_effects() {
  if (how_.follows_schema) return faults();
  for (int round = 0; round < max_rounds; ++round) {
    if (auto ok = how_.within.check(); !ok) return ok;
    const std::size_t count = items_.size();
    bool quiet = true;
    for (std::size_t i = 0; i < count; ++i) {
      items_[i]->touched.swap(items_[i]->next);
      items_[i]->next.clear();
      quiet = quiet && items_[i]->touched.empty() && !(items_[i]->fresh() && items_[i]->starting);
    }
    if (quiet) return faults();
    for (std::size_t i = 0; i < count; ++i) {
      item& it = *items_[i];
      const bool first = it.fresh() && it.starting;
      if (it.quiet || (it.touched.empty() && !first)) continue;
      const trigger what = it.kind();
      for (const installed_effect& e : it.by->effects)
        if (e.runs_for(what, it.touched))
          if (auto ok = run_effect(it, e); !ok) return ok;
      it.starting = false;
    }
    // An owner that an effect has set brings its role along.
    for (std::size_t i = 0; i < items_.size(); ++i)
      if (auto ok = settle_owner(*items_[i]); !ok) return ok;
  }
  return unexpected(errc::effect_limit, "effects did not come to rest within " +
                                            std::to_string(max_rounds) +
                                            " rounds; two of them undo each other");
}

}  // namespace guanxi::work
