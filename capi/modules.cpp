// Modules of vendors: their rows from C, and what their callbacks may call.
#include "modules.hpp"

#include "arguments.hpp"
#include "bodies.hpp"
#include "fields.hpp"
#include "parameters.hpp"
#include "values.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/policy/grant.hpp"

#include <algorithm>
#include <functional>

namespace guanxi::capi {

bool callers::here() const noexcept {
  if (inside_.load(std::memory_order_relaxed) == 0) return false;
  const std::lock_guard lock(mutex_);
  return std::find(threads_.begin(), threads_.end(), std::this_thread::get_id()) != threads_.end();
}

/// Makes room for everything that putting back needs, so that leaving cannot fail.
template <class Lent>
std::unique_ptr<Lent> callers::take(shelf<Lent>& from) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Lent> out;
  if (from.idle.empty()) {
    from.idle.reserve(from.made + 1);
    out = std::make_unique<Lent>();
    threads_.push_back(std::this_thread::get_id());
    ++from.made;
  } else {
    threads_.push_back(std::this_thread::get_id());
    out = std::move(from.idle.back());
    from.idle.pop_back();
  }
  ++inside_;
  return out;
}

template <class Lent>
void callers::put_back(shelf<Lent>& to, std::unique_ptr<Lent> lent) noexcept {
  *lent = Lent();
  const std::lock_guard lock(mutex_);
  threads_.erase(std::find(threads_.begin(), threads_.end(), std::this_thread::get_id()));
  to.idle.push_back(std::move(lent));
  --inside_;
}

held_self::~held_self() {
  if (release_) shelter([&] { release_(self_); });
}

namespace {

using guanxi::work::outcome;

/// Why a callback did not succeed: what it explained, or at least which one it was.
template <class Lent>
error failed(std::int32_t code, const Lent& lent, const std::string& what) {
  const auto as = static_cast<errc>(code);
  error why(as, lent.words.empty() ? what + " ended with `" + std::string(name(as)) + "`"
                                   : lent.words);
  if (!lent.entity.empty()) why.in_entity(lent.entity);
  if (!lent.field.empty()) why.in_field(lent.field);
  why.set_retriable(as == errc::busy);
  return why;
}

/// Lets the callback of an action or timer run, and takes the answer that it has put together.
result<void> run_call(guanxi_action_run_callback run, void* self, guanxi_call& lent,
                      const std::string& what) {
  lent.open = true;
  const std::int32_t code = run(self, &lent);
  if (code != GUANXI_OK) return unexpected(failed(code, lent, what));
  for (std::vector<outcome::cell>& row : lent.rows) lent.out->answer(std::move(row));
  return {};
}

guanxi::work::action bound(const module_rows::action_entry& from, const callers_ptr& inside) {
  guanxi::work::action out = from.row;
  out.run = [inside, run = from.run, self = from.self, what = "the action `" + out.name + "`"](
                const guanxi::work::arguments& given, guanxi::work::sight& in,
                outcome& wanted) -> result<void> {
    callers::visit<guanxi_call> now(*inside);
    now.lent().given = &given;
    now.lent().in = &in;
    now.lent().out = &wanted;
    return run_call(run, self->get(), now.lent(), what);
  };
  return out;
}

guanxi::work::timer bound(const module_rows::timer_entry& from, const callers_ptr& inside) {
  guanxi::work::timer out = from.row;
  out.run = [inside, run = from.run, self = from.self, what = "the timer `" + out.name + "`"](
                const record& of, guanxi::work::sight& in, outcome& wanted) -> result<void> {
    callers::visit<guanxi_call> now(*inside);
    now.lent().due = &of;
    now.lent().in = &in;
    now.lent().out = &wanted;
    return run_call(run, self->get(), now.lent(), what);
  };
  return out;
}

guanxi::work::effect bound(const module_rows::effect_entry& from, const callers_ptr& inside) {
  guanxi::work::effect out = from.row;
  out.run = [inside, run = from.run, self = from.self, what = "the effect `" + out.name + "`"](
                const guanxi::work::change& c, const guanxi::work::reads& in,
                guanxi::work::output& wanted) {
    callers::visit<guanxi_reaction> now(*inside);
    guanxi_reaction& lent = now.lent();
    lent.what = &c;
    lent.read = &in;
    lent.out = &wanted;
    lent.open = true;
    const std::int32_t code = run(self->get(), &lent);
    if (code != GUANXI_OK) wanted.refuse(failed(code, lent, what));
  };
  return out;
}

std::string text_in(const char* text, std::size_t length) {
  return text ? std::string(text, length) : std::string();
}

/// The elements of a JSON array; none for NULL.
std::vector<json> array_in(const char* text, std::size_t length, const char* what) {
  if (!text) return {};
  json all = json::parse({text, length}).value();
  if (!all.is(json::type::array))
    refuse(errc::invalid_argument, in_backticks(what) + " is no JSON array");
  return std::move(all.items());
}

std::vector<std::string> texts_in(const char* text, std::size_t length, const char* what) {
  std::vector<std::string> out;
  for (const json& one : array_in(text, length, what)) {
    if (!one.is(json::type::text))
      refuse(errc::invalid_argument, in_backticks(what) + " is no JSON array of texts");
    out.push_back(one.as_text());
  }
  return out;
}

std::vector<schema::field_definition> fields_in(const char* text, std::size_t length,
                                                const char* what) {
  std::vector<schema::field_definition> out;
  for (const json& one : array_in(text, length, what))
    out.push_back(schema::field_from_json(one.dump()).value());
  return out;
}

template <class Struct>
void need_run(const Struct& given, const char* what) {
  if (!given.run)
    refuse(errc::invalid_argument, "the function `run` of `" + std::string(what) +
                                       "` is NULL, and is required");
  if (!given.name || given.name_length == 0)
    refuse(errc::invalid_argument, "the `name` of `" + std::string(what) + "` is empty");
}

/// Puts a row at the end; from then on `self` is given up with the last that may call it.
template <class Entries, class Row, class Struct>
void keep(Entries& into, Row row, const Struct& given, void* self) {
  auto held = std::make_shared<held_self>(self);
  into.push_back({std::move(row), given.run, held});
  held->own(given.release);
}

template <class Lent>
void need_open(const Lent& lent) {
  if (!lent.open)
    refuse(errc::misuse, "what a callback was lent is of no use once it has returned");
}

const schema::catalog_ptr& catalog_of(const guanxi_reaction& reaction) {
  return (reaction.what->after ? reaction.what->after : reaction.what->before)->catalog();
}

std::unique_ptr<guanxi_draft> draft_for(const schema::catalog_ptr& catalog,
                                        std::string_view entity) {
  const schema::entity* of = catalog->need(entity).value();
  return std::make_unique<guanxi_draft>(guanxi_draft{catalog, nullptr, schema::draft(*of)});
}

void need_catalog(const guanxi_draft& draft, const schema::catalog_ptr& catalog) {
  if (draft.catalog != catalog)
    refuse(errc::misuse, "the draft is none of this call's; make one with guanxi_call_draft or "
                         "guanxi_reaction_draft");
}

outcome::authority authority_of(std::int32_t authority) {
  if (authority != GUANXI_AUTHORITY_USER && authority != GUANXI_AUTHORITY_ACTION)
    refuse(errc::invalid_argument, "an `authority` of " + std::to_string(authority) +
                                       " is none; give one of GUANXI_AUTHORITY_…");
  return static_cast<outcome::authority>(authority);
}

policy::action right_of(std::int32_t right) {
  if (right < GUANXI_ACTION_READ || right > GUANXI_ACTION_SHARE)
    refuse(errc::invalid_argument,
           "a right of " + std::to_string(right) + " is none; give one of GUANXI_ACTION_…");
  return static_cast<policy::action>(right);
}

outcome::step& step_of(const guanxi_call& call, std::int32_t step) {
  return *element(call.steps, step, "step");
}

/// A step as `ask` asks for it, with room made beforehand: where memory runs out, there is none.
template <class Ask>
std::int32_t noted(guanxi_call& call, Ask&& ask) {
  call.steps.reserve(call.steps.size() + 1);
  call.steps.push_back(&ask());
  return count_of(call.steps.size()) - 1;
}

std::int32_t noted(guanxi_call& call, schema::draft content,
                   const std::function<outcome::step&()>& ask) {
  return noted(call, [&]() -> outcome::step& {
    outcome::step& made = ask();
    made.content = std::move(content);
    return made;
  });
}

std::unique_ptr<guanxi_result> result_of(rows content) {
  auto kept = std::make_shared<const rows>(std::move(content));
  auto texts = std::make_unique<text_cells[]>(kept->batches().size() * kept->columns().size());
  return std::make_unique<guanxi_result>(guanxi_result{std::move(kept), std::move(texts)});
}

guanxi_value image(const record* of, const guanxi_reaction& reaction, std::string_view name) {
  const record& known = reaction.what->after ? *reaction.what->after : *reaction.what->before;
  const schema::field& f = field_named(known.of(), nullptr, name);
  return of ? c_value(of->at(f.slot)) : c_value(value());
}

std::span<const value> paths_of(const guanxi_reaction& reaction) { return reaction.read->paths; }

}  // namespace

ready_modules modules_of(const guanxi_environment* environment) {
  ready_modules out;
  if (!environment || environment->modules.empty()) return out;
  out.inside = std::make_shared<callers>();
  for (const auto& from : environment->modules) {
    auto made = std::make_shared<guanxi::work::module>();
    made->name = from->name;
    made->entities = from->entities;
    for (const auto& one : from->actions) made->actions.push_back(bound(one, out.inside));
    for (const auto& one : from->timers) made->timers.push_back(bound(one, out.inside));
    for (const auto& one : from->effects) made->effects.push_back(bound(one, out.inside));
    out.modules.push_back(std::move(made));
  }
  return out;
}

namespace body {

std::unique_ptr<guanxi_module> module_create(std::string_view name) {
  auto out = std::make_unique<guanxi_module>();
  out->content.name = name;
  return out;
}

void module_add_entity(guanxi_module& module, std::string_view json) {
  module.content.entities.push_back(schema::entity_from_json(json).value());
}

void module_add_action(guanxi_module& module, const guanxi_module_action& action, void* self) {
  need_run(action, "action");
  guanxi::work::action row;
  row.name = text_in(action.name, action.name_length);
  row.entity = text_in(action.entity, action.entity_length);
  row.label_en = text_in(action.label_en, action.label_en_length);
  row.label_zh = text_in(action.label_zh, action.label_zh_length);
  if (action.needs > GUANXI_ACTION_DELETE)
    refuse(errc::invalid_argument, "`needs` of an action is to read, create, edit or delete");
  row.needs = right_of(action.needs);
  row.writes = action.only_reads == 0;
  row.parameters = fields_in(action.parameters, action.parameters_length, "parameters");
  row.results = fields_in(action.results, action.results_length, "results");
  keep(module.content.actions, std::move(row), action, self);
}

void module_add_timer(guanxi_module& module, const guanxi_module_timer& timer, void* self) {
  need_run(timer, "timer");
  guanxi::work::timer row;
  row.name = text_in(timer.name, timer.name_length);
  row.entity = text_in(timer.entity, timer.entity_length);
  row.due = text_in(timer.due, timer.due_length);
  row.where = text_in(timer.where, timer.where_length);
  keep(module.content.timers, std::move(row), timer, self);
}

void module_add_effect(guanxi_module& module, const guanxi_module_effect& effect, void* self) {
  need_run(effect, "effect");
  constexpr std::int32_t every = GUANXI_TRIGGER_CREATED | GUANXI_TRIGGER_UPDATED |
                                 GUANXI_TRIGGER_REMOVED | GUANXI_TRIGGER_RESTORED;
  if ((effect.triggers & ~every) != 0)
    refuse(errc::invalid_argument, "`triggers` has bits that are no GUANXI_TRIGGER_…");
  if (effect.write_class < 0 || effect.write_class > GUANXI_WRITE_CLASS_DERIVED)
    refuse(errc::invalid_argument, "a `write_class` of " + std::to_string(effect.write_class) +
                                       " is none; give one of GUANXI_WRITE_CLASS_…");
  guanxi::work::effect row;
  row.name = text_in(effect.name, effect.name_length);
  row.entity = text_in(effect.entity, effect.entity_length);
  if (effect.triggers != 0) row.on = static_cast<std::uint8_t>(effect.triggers);
  if (effect.write_class != 0) row.as = static_cast<guanxi::work::write_class>(effect.write_class);
  row.fields = texts_in(effect.fields, effect.fields_length, "fields");
  row.paths = texts_in(effect.paths, effect.paths_length, "paths");
  row.queries = texts_in(effect.queries, effect.queries_length, "queries");
  row.writes = texts_in(effect.writes, effect.writes_length, "writes");
  row.after = texts_in(effect.after, effect.after_length, "after");
  keep(module.content.effects, std::move(row), effect, self);
}

void environment_add_module(guanxi_environment& environment, const guanxi_module& module) {
  environment.modules.push_back(std::make_shared<const module_rows>(module.content));
}

std::int64_t call_user(const guanxi_call& call) {
  return call.open ? call.in->who().user.value : 0;
}

std::int64_t call_now(const guanxi_call& call) {
  return call.open ? call.in->now().microseconds : 0;
}

guanxi_value call_argument(const guanxi_call& call, std::string_view name) {
  need_open(call);
  if (!call.given) refuse(errc::misuse, "a timer has no arguments; ask guanxi_call_record");
  return c_value((*call.given)[name]);
}

std::unique_ptr<guanxi_record> call_record(const guanxi_call& call) {
  need_open(call);
  if (!call.due) refuse(errc::misuse, "an action has no record; ask for its arguments");
  return std::make_unique<guanxi_record>(guanxi_record{*call.due});
}

std::unique_ptr<guanxi_result> call_query(guanxi_call& call, std::string_view text,
                                          const guanxi_parameters* parameters) {
  need_open(call);
  return result_of(call.in->query(text, content_of(parameters)).value());
}

std::unique_ptr<guanxi_result> call_query_all(guanxi_call& call, std::string_view text,
                                              const guanxi_parameters* parameters) {
  need_open(call);
  return result_of(call.in->query_all(text, content_of(parameters)).value());
}

std::unique_ptr<guanxi_record> call_get(guanxi_call& call, std::string_view entity,
                                        std::int64_t id) {
  need_open(call);
  return std::make_unique<guanxi_record>(guanxi_record{call.in->get(entity, {id}).value()});
}

std::unique_ptr<guanxi_record> call_get_all(guanxi_call& call, std::string_view entity,
                                            std::int64_t id) {
  need_open(call);
  record found = call.in->get_all(entity, {id}).value();
  if (found.empty())
    throw failure(policy::not_found(*call.in->catalog()->find(entity), guanxi::id{id}));
  return std::make_unique<guanxi_record>(guanxi_record{std::move(found)});
}

void call_need(guanxi_call& call, std::int32_t right, std::string_view entity, std::int64_t id) {
  need_open(call);
  call.in->need(right_of(right), entity, {id}).value();
}

std::unique_ptr<guanxi_draft> call_draft(guanxi_call& call, std::string_view entity) {
  need_open(call);
  return draft_for(call.in->catalog(), entity);
}

void call_create(guanxi_call& call, const guanxi_draft& draft, std::int32_t authority,
                 std::int32_t* step) {
  need_open(call);
  need_catalog(draft, call.in->catalog());
  const outcome::authority by = authority_of(authority);
  const std::int32_t number = noted(call, draft.content, [&]() -> outcome::step& {
    return call.out->create(draft.content.of().name(), by);
  });
  if (step) *step = number;
}

void call_change(guanxi_call& call, std::int64_t id, const guanxi_draft& draft,
                 std::int32_t authority, std::int32_t* step) {
  need_open(call);
  need_catalog(draft, call.in->catalog());
  const outcome::authority by = authority_of(authority);
  const std::int32_t number = noted(call, draft.content, [&]() -> outcome::step& {
    return call.out->change(draft.content.of().name(), {id}, by);
  });
  if (step) *step = number;
}

void call_delete(guanxi_call& call, std::string_view entity, std::int64_t id,
                 std::int32_t authority) {
  need_open(call);
  call.in->catalog()->need(entity).value();
  const outcome::authority by = authority_of(authority);
  noted(call, [&]() -> outcome::step& { return call.out->remove(entity, {id}, by); });
}

void call_tie(guanxi_call& call, std::int32_t step, std::string_view field, std::int32_t to) {
  need_open(call);
  outcome::step& from = step_of(call, step);
  const outcome::step& made = step_of(call, to);
  if (to >= step)
    refuse(errc::invalid_argument, "step " + std::to_string(to) + " is not before step " +
                                       std::to_string(step));
  const schema::field& f = field_named(from.content.of(), nullptr, field);
  if (schema::stored_as(f.type) != value_type::reference)
    refuse(errc::type_mismatch, in_backticks(field) + " is no reference");
  from.ties.emplace_back(f.slot, &made);
}

void call_answer(guanxi_call& call, strided<guanxi_value> row) {
  need_open(call);
  if (!call.given) refuse(errc::misuse, "a timer answers nobody");
  std::vector<outcome::cell> cells;
  for (std::size_t i = 0; i < row.size(); ++i) {
    guanxi_value one = row[i];
    if (one.type == GUANXI_TYPE_TEXT)
      one.text_length = text_of(one.text, one.text_length, "text").size();
    cells.emplace_back(value_of(one));
  }
  call.rows.push_back(std::move(cells));
}

void call_answer_step(guanxi_call& call, std::int32_t place, std::int32_t step) {
  need_open(call);
  if (call.rows.empty()) refuse(errc::invalid_argument, "there is no row yet; add one first");
  element(call.rows.back(), place, "place");
  call.rows.back()[static_cast<std::size_t>(place)] = outcome::cell(step_of(call, step));
}

namespace {

template <class Lent>
void explain(Lent& lent, std::string_view message, std::optional<std::string_view> entity,
             std::optional<std::string_view> field) {
  need_open(lent);
  lent.words.assign(message);
  lent.entity.assign(entity.value_or(std::string_view()));
  lent.field.assign(field.value_or(std::string_view()));
}

}  // namespace

void call_explain(guanxi_call& call, std::string_view message,
                  std::optional<std::string_view> entity, std::optional<std::string_view> field) {
  explain(call, message, entity, field);
}

std::int32_t reaction_trigger(const guanxi_reaction& reaction) {
  return reaction.open ? reaction.what->what : 0;
}

std::int64_t reaction_now(const guanxi_reaction& reaction) {
  return reaction.open ? reaction.what->now.microseconds : 0;
}

guanxi_value reaction_before(const guanxi_reaction& reaction, std::string_view field) {
  need_open(reaction);
  return image(reaction.what->before, reaction, field);
}

guanxi_value reaction_after(const guanxi_reaction& reaction, std::string_view field) {
  need_open(reaction);
  return image(reaction.what->after, reaction, field);
}

guanxi_value reaction_path(const guanxi_reaction& reaction, std::int32_t path) {
  need_open(reaction);
  const std::span<const value> read = paths_of(reaction);
  if (path < 0 || static_cast<std::size_t>(path) >= read.size())
    refuse(errc::invalid_argument,
           "path " + std::to_string(path) + " is none of " + std::to_string(read.size()));
  return c_value(read[static_cast<std::size_t>(path)]);
}

std::unique_ptr<guanxi_result> reaction_query(const guanxi_reaction& reaction,
                                              std::int32_t query) {
  need_open(reaction);
  const std::span<const rows> read = reaction.read->queries;
  if (query < 0 || static_cast<std::size_t>(query) >= read.size())
    refuse(errc::invalid_argument,
           "query " + std::to_string(query) + " is none of " + std::to_string(read.size()));
  return result_of(read[static_cast<std::size_t>(query)]);
}

void reaction_set(guanxi_reaction& reaction, std::string_view field, const guanxi_value& value) {
  need_open(reaction);
  if (!reaction.what->after) refuse(errc::misuse, "the record is gone, and has no fields to set");
  const schema::field& f = field_named(reaction.what->after->of(), nullptr, field);
  reaction.out->set({f.system ? 0u : f.of->tag(), f.slot,
                     schema::fitted(f, value_of(value)).value(), currency()});
}

std::unique_ptr<guanxi_draft> reaction_draft(const guanxi_reaction& reaction,
                                             std::string_view entity) {
  need_open(reaction);
  return draft_for(catalog_of(reaction), entity);
}

void reaction_create(guanxi_reaction& reaction, const guanxi_draft& draft) {
  reaction_change(reaction, 0, draft);
}

void reaction_change(guanxi_reaction& reaction, std::int64_t id, const guanxi_draft& draft) {
  need_open(reaction);
  need_catalog(draft, catalog_of(reaction));
  const schema::entity_row of{.name = draft.content.of().name()};
  schema::draft content = draft.content;  // copied first: where memory runs out, nothing is asked
  reaction.out->change(of, {id}) = std::move(content);
}

void reaction_explain(guanxi_reaction& reaction, std::string_view message,
                      std::optional<std::string_view> entity,
                      std::optional<std::string_view> field) {
  explain(reaction, message, entity, field);
}

}  // namespace body

}  // namespace guanxi::capi
