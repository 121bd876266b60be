#include "acting.hpp"

#include <utility>

namespace guanxi {

using work::outcome;

result<record> acting::get(std::string_view entity, id key) {
  const schema::entity* of = catalog()->find(entity);
  if (!of || !mine_.of(*of).may_read) return unexpected(query::unknown_entity(entity, mine_));
  result<record> r = find_(mine_.of(*of), key);
  if (r && r->empty()) return unexpected(policy::not_found(*of, key));
  return r;
}

result<record> acting::get_all(std::string_view entity, id key) {
  result<const schema::entity*> of = catalog()->need(entity);
  if (!of) return passed(of);
  return find_(all_.of(**of), key);
}

result<void> acting::need(policy::action what, std::string_view entity, id key) {
  if (result<record> seen = get(entity, key); !seen) return passed(seen);
  result<record> stored = get_all(entity, key);
  if (!stored) return passed(stored);
  using image = query::loaded_relatives::image;
  query::loaded_relatives others(
      catalog(),
      [&](const schema::entity& of, id other) -> result<image> {
        result<record> r = find_(all_.of(of), other);
        if (!r) return passed(r);
        return r->empty() ? image() : std::make_shared<const record>(std::move(*r));
      },
      run_);
  const bool may = mine_.of(stored->of()).allows(what, *stored, others);
  if (auto failed = others.failed()) return unexpected(std::move(*failed));
  if (may) return {};
  return unexpected(error(errc::permission, "you may not " + std::string(policy::name(what)) +
                                                " this `" + std::string(entity) +
                                                "`; ask its owner or an administrator")
                        .in_entity(entity)
                        .of_record(key.value));
}

bool acting::may(policy::action what, std::string_view entity) const {
  const schema::entity* of = catalog()->find(entity);
  if (!of) return false;
  const policy::grant& g = mine_.of(*of);
  switch (what) {
    case policy::action::read: return g.may_read;
    case policy::action::create: return g.may_create;
    case policy::action::remove: return g.may_remove;
    default: return g.may_edit;
  }
}

policy::principal by_authority(const policy::principal& who, const std::string& action) {
  policy::principal out = policy::principal::system_sight(action);
  out.user = who.user;
  out.role = who.role;
  out.login = who.login;
  return out;
}

result<void> taking::all(const outcome& of) {
  for (const outcome::step& s : of.steps())
    if (auto ok = take(s); !ok) return ok;
  return {};
}

id taking::made(const outcome::step& s) const {
  const auto found = ids_.find(&s);
  return found == ids_.end() ? s.key : found->second;
}

/// What a step by the action's authority ran into may be of fields that the user does not know.
error taking::fit_to_tell(error why) const {
  const auto hidden = [&](const error& e) {
    const schema::entity* of = mine_.catalog()->find(e.entity());
    const schema::field* f = of && !e.field().empty() ? of->find(e.field()) : nullptr;
    return f && !mine_.sees(*f);
  };
  bool any = hidden(why);
  for (const error& e : why.others()) any = any || hidden(e);
  if (!any) return why;
  error out(why.code(), "a rule of `" + std::string(why.entity()) +
                            "` does not let it pass; ask an administrator");
  out.in_entity(why.entity());
  out.set_aborted(why.aborted());
  return out;
}

result<void> taking::take(const outcome::step& s) {
  if (s.by == outcome::authority::user) return write(s, mine_);
  result<void> done = write(s, all_);
  return done ? std::move(done) : unexpected(fit_to_tell(std::move(done.error())));
}

result<void> taking::write(const outcome::step& s, const policy::grants& as) {
  work::write_options how = how_;
  how.expected_revision = s.expected_revision;
  schema::draft d = s.content;
  for (const auto& [slot, to] : s.ties) d.set_slot(slot, value(made(*to)));
  switch (s.what) {
    case outcome::verb::create: {
      result<record> r = in_.create(as, d, how);
      if (!r) return passed(r);
      ids_[&s] = r->key();
      return {};
    }
    case outcome::verb::edit: {
      result<record> r = in_.change(as, d.of(), s.key, d, how);
      return r ? result<void>() : passed(r);
    }
    case outcome::verb::remove: break;
  }
  return in_.remove(as, d.of(), {&s.key, 1}, how);
}

result<void> well_made(const outcome& of) {
  for (const outcome::step& s : of.steps())
    if (!s.content.errors().empty()) return unexpected(s.content.errors().front());
  return {};
}

}  // namespace guanxi
