// Effects to quiet: each round runs what the last round's changes trigger.
#include "run.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

namespace {

/// The fields of a record as parameters of an effect's query.
std::vector<expr::parameter_value> parameters_of(const schema::record& r) {
  std::vector<expr::parameter_value> out;
  for (const schema::field& f : r.of().fields()) out.push_back({f.name, r.at(f.slot), {}, false});
  return out;
}

/// Whether an effect said at installation that it writes this field.
bool declares(const effect& e, const schema::entity& of, std::uint16_t slot) {
  const std::string& field = of.at(slot).name;
  return std::any_of(e.writes.begin(), e.writes.end(), [&](const std::string& w) {
    const std::size_t dot = w.find('.');
    if (dot == std::string::npos) return of.name() == e.entity && w == field;
    const std::string_view what = std::string_view(w).substr(dot + 1);
    return std::string_view(w).substr(0, dot) == of.name() && (what == "*" || what == field);
  });
}

unexpected undeclared(const effect& e, const schema::entity& of, std::uint16_t slot) {
  return unexpected(error(errc::misuse, "the effect `" + e.name + "` writes `" +
                                            std::string(of.name()) + "." + of.at(slot).name +
                                            "`, which it does not declare")
                        .in_entity(of.name())
                        .in_field(of.at(slot).name));
}

}  // namespace

result<std::vector<value>> pipeline::run::read_paths(const item& it, const effect& e) {
  std::vector<value> out;
  for (const std::string& path : e.paths) {
    schema::record at = it.after;
    value v;
    for (std::size_t from = 0; from <= path.size() && !at.empty();) {
      const std::size_t dot = std::min(path.find('.', from), path.size());
      const schema::field& f = *at.of().find(path.substr(from, dot - from));
      v = at.at(f.slot);
      from = dot + 1;
      if (from > path.size()) break;
      schema::record next;
      if (!v.is_null()) {
        item* pending = find(*f.target_entity, v.as_id());
        result<schema::record> parent =
            pending ? result<schema::record>(pending->after) : p_.load(*f.target_entity, v.as_id());
        if (!parent) return passed(parent);
        next = std::move(*parent);
      }
      v = value();
      at = std::move(next);
    }
    out.push_back(std::move(v));
  }
  return out;
}

result<std::vector<query::rows>> pipeline::run::read_queries(const item& it,
                                                             const installed_effect& e) {
  std::vector<query::rows> out;
  if (e.queries.empty()) return out;
  const std::vector<expr::parameter_value> parameters = parameters_of(it.after);
  for (const query::statement& q : e.queries) {
    result<query::plan_ptr> p = query::bind(q, system_, parameters);
    if (!p) return passed(p);
    result<query::trimmed_plan> t = query::trim(*p, system_);
    if (!t) return passed(t);
    result<query::rows> rows = p_.in_->read(*t, {.text = p_.world().text.get()});
    if (!rows) return passed(rows);
    out.push_back(std::move(*rows));
  }
  return out;
}

result<void> pipeline::run::take_output(item& it, const effect& e, const output& out) {
  for (const error& no : out.refusals()) faults_.push_back(no);
  const auto own = out.own();
  for (const schema::assignment& a : own) {
    result<value> fits = schema::fitted(it.of().at(a.slot), a.content);
    if (!fits) return passed(fits);
    if (!declares(e, it.of(), a.slot)) return undeclared(e, it.of(), a.slot);
    set(it, a.slot, std::move(*fits), e.as);
  }
  for (const auto& other : out.others()) {
    if (!other->content.errors().empty()) return unexpected(other->content.errors().front());
    const schema::entity& of = *catalog()->find(other->content.of().name());
    result<item*> to = other->key ? start(of, other->key) : start_new(of);
    if (!to) return passed(to);
    (*to)->cause = e.name;
    for (const schema::draft::entry& entry : other->content.entries()) {
      if (!declares(e, of, entry.slot)) return undeclared(e, of, entry.slot);
      set(**to, entry.slot, entry.content, e.as);
    }
    if (!(*to)->fresh()) continue;
    // What an effect creates belongs to whom the changed record belongs.
    if ((*to)->after.at(schema::system_slot::owner).is_null()) {
      const item& cause = it;
      set(**to, schema::system_slot::owner, cause.after.at(schema::system_slot::owner), e.as);
      set(**to, schema::system_slot::owner_role, cause.after.at(schema::system_slot::owner_role),
          write_class::derived);
    }
    if (auto ok = apply_defaults(**to); !ok) return ok;
  }
  return {};
}

result<void> pipeline::run::run_effect(item& it, const installed_effect& e) {
  result<std::vector<value>> paths = read_paths(it, e.rule);
  if (!paths) return passed(paths);
  result<std::vector<query::rows>> queries = read_queries(it, e);
  if (!queries) return passed(queries);
  work::change c;
  c.what = it.removed ? removed : it.fresh() && it.starting ? created : updated;
  c.before = it.fresh() ? nullptr : &it.before;
  c.after = &it.after;
  c.touched = it.touched;
  c.now = now_;
  output out(*catalog());
  e.rule.run(c, {*paths, *queries}, out);
  return take_output(it, e.rule, out);
}

result<void> pipeline::run::run_effects() {
  for (int round = 0; round < max_rounds; ++round) {
    const std::size_t count = items_.size();
    bool quiet = true;
    for (std::size_t i = 0; i < count; ++i) {
      items_[i]->touched = std::exchange(items_[i]->next, {});
      quiet = quiet && items_[i]->touched.empty() && !(items_[i]->fresh() && items_[i]->starting);
    }
    if (quiet) return faults();
    for (std::size_t i = 0; i < count; ++i) {
      item& it = *items_[i];
      const bool first = it.fresh() && it.starting;
      if (it.touched.empty() && !first) continue;
      const std::uint8_t what = it.removed ? removed : first ? created : updated;
      for (const installed_effect* e : p_.effects_->of(it.of().name())) {
        if (!(e->rule.on & what)) continue;
        const bool hit =
            what != updated || e->rule.fields.empty() ||
            std::any_of(e->rule.fields.begin(), e->rule.fields.end(), [&](const std::string& f) {
              const auto slot = it.of().find(f)->slot;
              return std::find(it.touched.begin(), it.touched.end(), slot) != it.touched.end();
            });
        if (!hit) continue;
        if (auto ok = run_effect(it, *e); !ok) return ok;
      }
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
