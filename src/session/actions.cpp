// Actions: how they are called, and how they are shown beforehand.
#include "acting.hpp"
#include "families.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace guanxi {

namespace {

using work::outcome;

std::string_view name(outcome::verb v) {
  switch (v) {
    case outcome::verb::create: return "create";
    case outcome::verb::edit: return "edit";
    case outcome::verb::remove: break;
  }
  return "delete";
}

/// What the acting user may know of a step's record before it; nothing of what is out of sight.
result<record> seen_before(const outcome::step& s, work::sight& in) {
  if (!s.key) return record();
  result<record> r = in.get(s.content.of().name(), s.key);
  if (!r && r.error().code() == errc::not_found) return record();
  return r;
}

value shown(const value& v) { return v.is_null() ? v : value(v.to_string()); }

/// The steps of an outcome as a table, without what the acting user may not see.
result<rows> preview_of(const outcome& of, work::sight& in) {
  rows out({{.name = "step", .type = {.base = value_type::integer}},
            {.name = "verb", .type = {.base = value_type::text}},
            {.name = "entity", .type = {.base = value_type::text}},
            {.name = "record", .type = {.base = value_type::reference}},
            {.name = "field", .type = {.base = value_type::text}},
            {.name = "before", .type = {.base = value_type::text}},
            {.name = "after", .type = {.base = value_type::text}}},
           in.catalog());
  std::unordered_map<const outcome::step*, std::int64_t> numbers;
  for (const outcome::step& s : of.steps()) {
    const schema::entity& e = s.content.of();
    result<record> before = seen_before(s, in);
    if (!before) return passed(before);
    if (!in.may(policy::action::read, e.name()) || (s.key && before->empty())) continue;
    // Only what is shown is counted, so that no gap tells of what is not.
    const std::int64_t number = static_cast<std::int64_t>(numbers.size()) + 1;
    numbers[&s] = number;
    const value start[] = {number, name(s.what), e.name(), s.key ? value(s.key) : value()};
    std::size_t fields = 0;
    const auto tell = [&](std::uint16_t slot, value after) {
      if (!in.sees(e.at(slot))) return;
      ++fields;
      const value was = before->empty() ? value() : shown(before->at(slot));
      out.append(std::vector<value>{start[0], start[1], start[2], start[3], e.at(slot).name, was,
                                    std::move(after)});
    };
    for (const schema::draft::entry& each : s.content.entries())
      tell(each.slot, shown(each.content));
    for (const auto& [slot, to] : s.ties) {
      const auto made = numbers.find(to);
      tell(slot, to->key ? shown(value(to->key))
                 : made == numbers.end() ? value("a new record")
                                         : value("step " + std::to_string(made->second)));
    }
    if (fields == 0)
      out.append(std::vector<value>{start[0], start[1], start[2], start[3], {}, {}, {}});
  }
  return out;
}

/// An action that says that it only reads runs beside writers, and so must not write.
result<void> as_declared(const outcome& of, const work::installed_action& by) {
  if (by.row.writes || (of.steps().empty() && of.followed_by().empty())) return {};
  return unexpected(errc::misuse, "the action `" + by.row.name + "` says that it only reads, and "
                                  "wants to write");
}

error unknown_action(std::string_view wanted, const work::action_set& all,
                     const policy::grants& mine) {
  nearest_name near(wanted);
  for (const work::installed_action& a : all.all())
    if (mine.of(*a.of).may_read) near.offer(a.row.name);
  return error(errc::unknown_name, "no action " + in_backticks(wanted) + near.hint());
}

result<void> check_right(const work::installed_action& a, const policy::grants& mine) {
  const policy::grant& g = mine.of(*a.of);
  const bool held = a.row.needs == policy::action::read     ? g.may_read
                    : a.row.needs == policy::action::create ? g.may_create
                    : a.row.needs == policy::action::remove ? g.may_remove
                                                            : g.may_edit;
  if (held) return {};
  return unexpected(error(errc::permission, "`" + a.row.name + "` needs the right to " +
                                                std::string(policy::name(a.row.needs)) + " `" +
                                                a.row.entity +
                                                "`, and no permission set gives it")
                        .in_entity(a.row.entity));
}

}  // namespace

/// A query of an action's. What a page or children need several statements for is left to callers.
result<rows> session::state::answer_to(prepared::state& q, const policy::grants& as, bool own_sight,
                                       const std::vector<expr::parameter_value>& with,
                                       const call& in, store::reading* by) const {
  if (!q.content.after.empty() || query::selects_children(q.content))
    return unexpected(errc::unsupported, "a query of an action gives no pages and no children");
  if (q.content.as_of.empty()) return run(q, as, with, in, by);
  if (!own_sight)
    return unexpected(errc::unsupported, "an action reads the past as the acting user alone");
  result<query_options> then = with_as_of(q.content, with, {});
  if (!then) return passed(then);
  return run_then(q.content, with, then->as_of, in);
}

result<rows> session::state::act(const work::installed_action& what, const work::arguments& given,
                                 const policy::grants& mine, const call& in, store::reading* by,
                                 const invoke_options& options) {
  const policy::grants all(mine.policy_shared(), mine.catalog(),
                           by_authority(mine.who(), what.row.name));
  acting sees(
      mine, all, in.when,
      [&](std::string_view text, const policy::grants& as,
          const std::vector<expr::parameter_value>& with) -> result<rows> {
        result<std::shared_ptr<prepared::state>> q = of->texts.find(text);
        return q ? answer_to(**q, as, &as == &mine, with, in, by) : passed(q);
      },
      [&](const policy::grant& g, id key) { return read(g, key, by); },
      [&](const query::trimmed_plan& p) {
        return by ? by->read(p, in.within) : open->read(p, in.within);
      });
  outcome wanted(mine.catalog());
  if (auto ok = what.row.run(given, sees, wanted); !ok) return passed(ok);
  if (auto ok = as_declared(wanted, what); !ok) return passed(ok);
  if (auto ok = well_made(wanted); !ok) return passed(ok);
  if (options.preview && what.row.writes) return preview_of(wanted, sees);
  const std::size_t writes = wanted.steps().size() + wanted.followed_by().size();
  if (by || writes == 0)
    return what.answer(wanted, [](const outcome::step& s) { return s.key; });
  if (writes > 1 && !of->store->transactional())
    return unexpected(errc::unsupported, "`" + what.row.name + "` makes several writes that have "
                                         "to be one, and this store has no transactions");
  taking steps(*open, mine, all,
               {.cause = options.cause.empty() ? what.row.name : options.cause,
                .within = in.within});
  if (auto ok = steps.all(wanted); !ok) return passed(ok);
  if (auto ok = follow(wanted, steps, mine, in, options); !ok) return passed(ok);
  return what.answer(wanted, [&](const outcome::step& s) { return steps.made(s); });
}

result<void> session::state::follow(const work::outcome& done, const taking& steps,
                                    const policy::grants& mine, const call& in,
                                    const invoke_options& options) {
  constexpr int deepest = 8;
  if (done.followed_by().empty()) return {};
  result<std::shared_ptr<const work::action_set>> known = of->current_actions();
  if (!known) return passed(known);
  if (following >= deepest)
    return unexpected(errc::limit, "actions follow each other more than " +
                                       std::to_string(deepest) + " deep");
  struct deeper {
    int& depth;
    explicit deeper(int& d) : depth(d) { ++depth; }
    ~deeper() { --depth; }
  } const one(following);
  for (const outcome::next& n : done.followed_by()) {
    const work::installed_action* what = (*known)->find(n.action);
    if (!what) return unexpected(unknown_action(n.action, **known, mine));
    std::vector<expr::parameter_value> given;
    for (const auto& [name, cell] : n.arguments)
      given.push_back({.name = name,
                       .content = cell.made ? value(steps.made(*cell.made)) : cell.content});
    result<work::arguments> fits = what->fitted(given);
    if (!fits) return passed(fits);
    const policy::grants all(mine.policy_shared(), mine.catalog(),
                             by_authority(mine.who(), n.action));
    const policy::grants& as = n.by == outcome::authority::user ? mine : all;
    if (auto ran = act(*what, *fits, as, in, nullptr, {.cause = options.cause}); !ran)
      return passed(ran);
  }
  return {};
}

result<rows> session::state::act_within(const actor& work, const query::bounds& within) {
  if (held)
    return unexpected(errc::misuse, "a reading is open, and nothing is written meanwhile; end it "
                                    "first");
  if (auto ok = quiet(); !ok) return passed(ok);
  if (open) {
    result<const policy::grants*> mine = rights();
    if (!mine) return passed(mine);
    result<int> mark = open->savepoint();
    if (!mark) return passed(mark);
    result<rows> done = work(**mine, nullptr);
    if (!done)
      if (auto ok = open->rollback_to(*mark); !ok) return done;
    if (auto ok = open->release(*mark); !ok && done) return passed(ok);
    return done;
  }
  auto p = begin_writing(within, true);
  if (!p) return passed(p);
  result<const policy::grants*> mine = known_rights((*p)->catalog());
  if (!mine) return passed(mine);
  /// Whatever ends the call, the session has no transaction behind it.
  struct ending {
    std::unique_ptr<work::pipeline>& open;
    ~ending() { open.reset(); }
  } const after{open};
  open = std::move(*p);
  result<rows> done = work(**mine, nullptr);
  if (!done) return done;
  if (auto ok = finish(*open); !ok) return passed(ok);
  return done;
}

result<rows> session::invoke(std::string_view action,
                             const std::vector<expr::parameter_value>& arguments,
                             const invoke_options& options) {
  if (auto ok = check_texts(arguments); !ok) return passed(ok);
  result<std::shared_ptr<const work::action_set>> known = state_->of->current_actions();
  if (!known) return passed(known);
  result<state::call> in = state_->call_of({});
  if (!in) return passed(in);
  const auto run = [&](const policy::grants& mine, store::reading* by) -> result<rows> {
    // Another process may have changed the schema since; its fields have other places then.
    if ((*known)->catalog() != mine.catalog()) {
      known = state_->of->current_actions();
      if (!known) return passed(known);
      if ((*known)->catalog() != mine.catalog())
        return unexpected(error(errc::busy, "the schema is changing; try again")
                              .set_retriable(true));
    }
    const work::installed_action* what = (*known)->find(action);
    if (!what || !mine.of(*what->of).may_read)
      return unexpected(unknown_action(action, **known, mine));
    if (auto ok = check_right(*what, mine); !ok) return passed(ok);
    result<work::arguments> given = what->fitted(arguments);
    if (!given) return passed(given);
    return state_->act(*what, *given, mine, *in, by, options);
  };
  const work::installed_action* asked = (*known)->find(action);
  if (asked && asked->row.writes && !options.preview) return state_->act_within(run, in->within);
  std::optional<result<rows>> out;
  const auto looked = [&](const policy::grants& mine, store::reading* by) -> result<void> {
    out.emplace(run(mine, by));
    return *out ? result<void>() : passed(*out);
  };
  if (auto ok = state_->look_so(looked); !ok) return passed(ok);
  return std::move(*out);
}

result<rows> session::actions() const {
  result<std::shared_ptr<const work::action_set>> known = state_->of->current_actions();
  if (!known) return passed(known);
  result<const policy::grants*> mine = state_->rights();
  if (!mine) return passed(mine);
  std::vector<query::column_info> columns;
  for (const char* name : {"action", "label_en", "label_zh", "entity"})
    columns.push_back({.name = name, .type = {.base = value_type::text}});
  columns.push_back({.name = "writes", .type = {.base = value_type::boolean}});
  for (const char* name : {"role", "name", "kind", "target"})
    columns.push_back({.name = name, .type = {.base = value_type::text}});
  columns.push_back({.name = "required", .type = {.base = value_type::boolean}});
  for (const char* name : {"default", "choices"})
    columns.push_back({.name = name, .type = {.base = value_type::text}});
  rows out(std::move(columns), (*known)->catalog());
  const auto text = [](std::string_view s) { return s.empty() ? value() : value(s); };
  for (const work::installed_action& a : (*known)->all()) {
    if (!(*mine)->of(*(*mine)->catalog()->find(a.row.entity)).may_read) continue;
    const std::vector<value> start = {a.row.name, text(a.row.label_en), text(a.row.label_zh),
                                      a.row.entity, a.row.writes};
    const auto tell = [&](std::string_view role, const schema::field& f) {
      std::string choices;
      for (const schema::choice_definition& c : f.choices)
        choices += (choices.empty() ? "" : ",") + c.code;
      std::vector<value> row = start;
      const value rest[] = {role, f.name, schema::name(f.type), text(f.target),
                            f.has(schema::required), text(f.initial), text(choices)};
      row.insert(row.end(), std::begin(rest), std::end(rest));
      out.append(row);
    };
    for (const schema::field& f : a.parameters) tell("parameter", f);
    for (const schema::field& f : a.results) tell("result", f);
    if (!a.parameters.empty() || !a.results.empty()) continue;
    std::vector<value> alone = start;
    alone.resize(out.columns().size());
    out.append(alone);
  }
  return out;
}

}  // namespace guanxi
