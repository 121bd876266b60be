// Modules from C: what they do equals what the same module does in C++; lent handles, misuse and
// errors.
#include "shop.hpp"

#include "guanxi/session/session.hpp"
#include "guanxi/work/module.hpp"

#include <functional>

namespace {

using namespace shop;
using lent_module = owner<guanxi_module, guanxi_module_release>;

constexpr const char* visit =
    R"({"name": "x_visit", "fields": [
        {"name": "x_place", "type": "text"}, {"name": "x_loud", "type": "text"},
        {"name": "x_due", "type": "instant"}, {"name": "x_over", "type": "boolean"},
        {"name": "x_before", "type": "reference", "target": "x_visit"}]})";
constexpr const char* parameters_of_plan =
    R"([{"name": "place", "type": "text", "required": true},
        {"name": "due", "type": "instant"}])";
constexpr const char* results_of_plan =
    R"([{"name": "visit", "type": "reference", "target": "x_visit"}])";
constexpr const char* standing = "select x_place, x_loud, x_over, x_before.x_place as before "
                                 "from x_visit order by id";
constexpr const char* expected = "x_place,x_loud,x_over,before\r\n"
                                 "Hall 3,Hall 3!,,\r\n"
                                 "Hall 3,Hall 3!,true,Hall 3\r\n";

/// What a test lets the callbacks of its module do, beside what they always do.
struct desk {
  std::function<std::int32_t(guanxi_call*)> action = {};
  std::function<std::int32_t(guanxi_reaction*)> effect = {};
  guanxi_call* call = nullptr;  ///< kept, against the rules
  guanxi_reaction* reaction = nullptr;
  int released = 0;
};

void say(const char*& text, std::size_t& length, const char* what) {
  text = what;
  length = nts;
}

guanxi_value blank() {
  guanxi_value out = {};
  out.struct_size = sizeof out;
  return out;
}

std::int32_t say_loudly(void* self, guanxi_reaction* reaction) {
  desk& d = *static_cast<desk*>(self);
  d.reaction = reaction;
  if (d.effect) return d.effect(reaction);
  guanxi_value place = blank();
  if (auto code = guanxi_reaction_after(reaction, "x_place", nts, &place, nullptr)) return code;
  const std::string loud = std::string(place.text, place.text_length) + "!";
  const guanxi_value said = a_text(loud);
  return guanxi_reaction_set(reaction, "x_loud", nts, &said, nullptr);
}

std::int32_t plan(void* self, guanxi_call* call) {
  desk& d = *static_cast<desk*>(self);
  d.call = call;
  if (d.action) return d.action(call);
  guanxi_value place = blank(), due = blank();
  const guanxi_value nothing = blank();
  guanxi_draft* made = nullptr;
  std::int32_t first = -1, second = -1;
  if (auto code = guanxi_call_argument(call, "place", nts, &place, nullptr)) return code;
  if (auto code = guanxi_call_argument(call, "due", nts, &due, nullptr)) return code;
  if (auto code = guanxi_call_draft(call, "x_visit", nts, &made, nullptr)) return code;
  const draft content(made);
  const std::string_view named(place.text, place.text_length);
  set(content, "x_place", named);
  if (auto code = guanxi_call_create(call, made, GUANXI_AUTHORITY_USER, &first, nullptr))
    return code;
  if (due.type == GUANXI_TYPE_INSTANT)
    if (auto code = guanxi_draft_set_instant(made, "x_due", nts, due.integer, nullptr)) return code;
  if (auto code = guanxi_call_create(call, made, GUANXI_AUTHORITY_USER, &second, nullptr))
    return code;
  if (auto code = guanxi_call_tie(call, second, "x_before", nts, first, nullptr)) return code;
  if (auto code = guanxi_call_answer(call, &nothing, 1, nullptr)) return code;
  return guanxi_call_answer_step(call, 0, second, nullptr);
}

std::int32_t end(void*, guanxi_call* call) {
  guanxi_record* found = nullptr;
  if (auto code = guanxi_call_record(call, &found, nullptr)) return code;
  const record due(found);
  guanxi_draft* made = nullptr;
  if (auto code = guanxi_call_draft(call, "x_visit", nts, &made, nullptr)) return code;
  const draft content(made);
  if (auto code = guanxi_draft_set_boolean(made, "x_over", nts, 1, nullptr)) return code;
  return guanxi_call_change(call, guanxi_record_id(found), made, GUANXI_AUTHORITY_ACTION, nullptr,
                            nullptr);
}

void count_release(void* self) { ++static_cast<desk*>(self)->released; }

guanxi_module_action planning() {
  guanxi_module_action out = {};
  out.struct_size = sizeof out;
  say(out.name, out.name_length, "x_visit.plan");
  say(out.entity, out.entity_length, "x_visit");
  out.needs = GUANXI_ACTION_CREATE;
  say(out.parameters, out.parameters_length, parameters_of_plan);
  say(out.results, out.results_length, results_of_plan);
  out.run = plan;
  out.release = count_release;
  return out;
}

guanxi_module_timer ending() {
  guanxi_module_timer out = {};
  out.struct_size = sizeof out;
  say(out.name, out.name_length, "x_visit.end");
  say(out.entity, out.entity_length, "x_visit");
  say(out.due, out.due_length, "x_due");
  say(out.where, out.where_length, "x_over is null");
  out.run = end;
  return out;
}

guanxi_module_effect loudness() {
  guanxi_module_effect out = {};
  out.struct_size = sizeof out;
  say(out.name, out.name_length, "x_visit.loud");
  say(out.entity, out.entity_length, "x_visit");
  say(out.fields, out.fields_length, R"(["x_place"])");
  say(out.paths, out.paths_length, R"(["x_before.x_place"])");
  say(out.queries, out.queries_length, R"(["select count() from x_visit where id <> :id"])");
  say(out.writes, out.writes_length, R"(["x_loud", "activity.subject"])");
  out.run = say_loudly;
  return out;
}

lent_module module_of(desk& d) {
  fault f;
  guanxi_module* made = nullptr;
  must(guanxi_module_create("desk", nts, &made, f.out()), f);
  lent_module out(made);
  const guanxi_module_action action = planning();
  const guanxi_module_timer timer = ending();
  const guanxi_module_effect effect = loudness();
  must(guanxi_module_add_entity(made, visit, nts, f.out()), f);
  must(guanxi_module_add_action(made, &action, &d, f.out()), f);
  must(guanxi_module_add_timer(made, &timer, &d, f.out()), f);
  must(guanxi_module_add_effect(made, &effect, &d, f.out()), f);
  return out;
}

std::string csv_of(guanxi_result* of) {
  fault f;
  guanxi_buffer* out = nullptr;
  must(guanxi_result_csv(of, &out, f.out()), f);
  const buffer kept(out);
  return guanxi_buffer_data(out, nullptr);
}

class capi_module : public testing::TestWithParam<std::int32_t> {
 protected:
  capi_module() {
    fault f;
    guanxi_environment* made = nullptr;
    must(guanxi_environment_create(&made, f.out()), f);
    const environment world(made);
    {
      const lent_module desk = module_of(desk_);
      must(guanxi_environment_add_module(made, desk.get(), f.out()), f);
    }
    guanxi_open_options how = {};
    how.struct_size = sizeof how;
    how.store = GetParam();
    guanxi_tenant* opened = nullptr;
    must(guanxi_open(made, ":memory:", nts, &how, &opened, f.out()), f);
    crm_.reset(opened);
    guanxi_session* s = nullptr;
    must(guanxi_as_user(opened, "admin", nts, &s, f.out()), f);
    admin_.reset(s);
  }

  std::int32_t invoke(fault& f, const char* place = "Hall 3", answer* told = nullptr) {
    guanxi_parameters* made = nullptr;
    must(guanxi_parameters_create(&made, f.out()), f);
    const parameters with(made);
    must(guanxi_parameters_set_text(made, "place", nts, place, nts, f.out()), f);
    must(guanxi_parameters_set_instant(made, "due", nts, 1'000'000, f.out()), f);
    guanxi_result* out = nullptr;
    const std::int32_t code =
        guanxi_invoke(admin_.get(), "x_visit.plan", nts, made, nullptr, &out, f.out());
    answer kept(out);
    if (told) *told = std::move(kept);
    return code;
  }
  std::string stands() { return csv_of(query(admin_.get(), standing).get()); }
  std::int64_t visits() {
    fault f;
    const answer a = query(admin_.get(), "select count() from x_visit");
    std::int64_t out = -1;
    must(guanxi_result_integer(a.get(), 0, 0, &out, nullptr, f.out()), f);
    return out;
  }

  desk desk_;
  tenant crm_;
  session admin_;
};

TEST_P(capi_module, does_what_the_same_module_does_in_cpp) {
  fault f;
  answer made;
  ASSERT_EQ(invoke(f, "Hall 3", &made), GUANXI_OK) << f.message();
  guanxi_tick_report report = {};
  report.struct_size = sizeof report;
  must(guanxi_tick(crm_.get(), nullptr, nullptr, nullptr, &report, nullptr, f.out()), f);
  EXPECT_EQ(report.ran, 1);
  EXPECT_EQ(report.failed, 0);
  EXPECT_EQ(stands(), expected);
  std::int64_t second = 0;
  must(guanxi_result_reference(made.get(), 0, 0, &second, nullptr, f.out()), f);
  const answer last = query(admin_.get(), "select id from x_visit order by id desc limit 1");
  std::int64_t id = 0;
  must(guanxi_result_reference(last.get(), 0, 0, &id, nullptr, f.out()), f);
  EXPECT_EQ(second, id);
}

TEST(capi_module_twin, of_cpp_stands_the_same) {
  using namespace guanxi;
  auto desk = std::make_shared<work::module>();
  desk->entities = {schema::entity_from_json(visit).value()};
  work::effect loud{.name = "x_visit.loud", .entity = "x_visit", .fields = {"x_place"},
                    .writes = {"x_loud"}};
  loud.run = [](const work::change& c, const work::reads&, work::output& out) {
    const schema::entity& of = c.after->of();
    const schema::field& place = *of.find("x_place");
    const schema::field& said = *of.find("x_loud");
    const std::string text = std::string(c.after->at(place.slot).as_text()) + "!";
    out.set({of.tag(), said.slot, value(std::string_view(text)), currency()});
  };
  desk->effects = {loud};
  work::action plan{.name = "x_visit.plan", .entity = "x_visit",
                    .needs = policy::action::create};
  plan.parameters = {{.name = "place", .type = schema::kind::text, .flags = schema::required},
                     {.name = "due", .type = schema::kind::instant}};
  plan.results = {{.name = "visit", .type = schema::kind::reference, .target = "x_visit"}};
  plan.run = [](const work::arguments& given, work::sight& in,
                work::outcome& out) -> result<void> {
    work::outcome::step& first = out.create("x_visit");
    first.content.set("x_place", given["place"]);
    work::outcome::step& second = out.create("x_visit");
    second.content.set("x_place", given["place"]).set("x_due", given["due"]);
    second.ties.emplace_back(in.catalog()->find("x_visit")->find("x_before")->slot, &first);
    out.answer({second});
    return {};
  };
  desk->actions = {plan};
  desk->timers = {{.name = "x_visit.end", .entity = "x_visit", .due = "x_due",
                   .where = "x_over is null",
                   .run = [](const guanxi::record& of, work::sight&,
                             work::outcome& out) -> result<void> {
                     out.change("x_visit", of.key()).content.set("x_over", value(true));
                     return {};
                   }}};
  open_options how;
  how.modules = {desk};
  guanxi::tenant crm = open(":memory:", how).value();
  guanxi::session s = crm.as_user("admin").value();
  s.invoke("x_visit.plan", {{.name = "place", .content = value("Hall 3")},
                            {.name = "due", .content = value(instant{1'000'000})}})
      .value();
  EXPECT_EQ(crm.tick().value().ran, 1);
  const rows all = s.query(standing).value();
  std::string text = "x_place,x_loud,x_over,before\r\n";
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t c = 0; c < 4; ++c)
      text += (all.at(i, c).is_null() ? std::string() : all.at(i, c).to_string()) +
              (c < 3 ? "," : "\r\n");
  EXPECT_EQ(text, expected);
}

TEST_P(capi_module, refuses_what_was_lent_once_the_callback_has_returned) {
  fault f;
  ASSERT_EQ(invoke(f), GUANXI_OK) << f.message();
  guanxi_value v = blank();
  guanxi_draft* d = nullptr;
  guanxi_result* r = nullptr;
  EXPECT_EQ(guanxi_call_argument(desk_.call, "place", nts, &v, f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_call_draft(desk_.call, "x_visit", nts, &d, f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_call_query(desk_.call, "select id from x_visit", nts, nullptr, &r, f.out()),
            GUANXI_MISUSE);
  EXPECT_EQ(guanxi_call_explain(desk_.call, "no", nts, nullptr, 0, nullptr, 0, f.out()),
            GUANXI_MISUSE);
  EXPECT_EQ(guanxi_reaction_after(desk_.reaction, "x_place", nts, &v, f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_reaction_draft(desk_.reaction, "x_visit", nts, &d, f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_call_user(desk_.call), 0);
  EXPECT_EQ(guanxi_reaction_trigger(desk_.reaction), 0);
}

TEST_P(capi_module, refuses_calls_on_the_tenant_that_is_calling) {
  fault inner, f;
  desk_.action = [&](guanxi_call* call) {
    guanxi_session* s = nullptr;
    guanxi_result* r = nullptr;
    EXPECT_EQ(guanxi_query(admin_.get(), "select id from x_visit", nts, nullptr, nullptr, &r,
                           inner.out()),
              GUANXI_MISUSE);
    EXPECT_NE(inner.message().find("the tenant that is calling it"), std::string::npos);
    EXPECT_EQ(guanxi_as_user(crm_.get(), "admin", nts, &s, inner.out()), GUANXI_MISUSE);
    EXPECT_EQ(guanxi_begin(admin_.get(), inner.out()), GUANXI_MISUSE);
    // What it was lent does.
    EXPECT_EQ(guanxi_call_query(call, "select id from x_visit", nts, nullptr, &r, inner.out()),
              GUANXI_OK);
    guanxi_result_release(r);
    const guanxi_value nothing = blank();
    return guanxi_call_answer(call, &nothing, 1, nullptr);
  };
  EXPECT_EQ(invoke(f), GUANXI_OK) << f.message();
  desk_.action = {};
  EXPECT_EQ(invoke(f), GUANXI_OK) << "outside again: " << f.message();
}

TEST_P(capi_module, tells_errors_with_their_place_and_writes_nothing) {
  fault f;
  desk_.action = [&](guanxi_call* call) {
    guanxi_draft* d = nullptr;
    must(guanxi_call_draft(call, "x_visit", nts, &d, f.out()), f);
    const draft content(d);
    set(content, "x_place", "Hall 4");
    must(guanxi_call_create(call, d, GUANXI_AUTHORITY_USER, nullptr, f.out()), f);
    guanxi_call_explain(call, "there is no such place", nts, "x_visit", nts, "x_place", nts,
                        nullptr);
    return GUANXI_VALIDATION;
  };
  EXPECT_EQ(invoke(f), GUANXI_VALIDATION);
  EXPECT_EQ(f.message(), "there is no such place");
  EXPECT_EQ(f.field(), "x_place");
  EXPECT_STREQ(guanxi_error_entity(f.get(), nullptr), "x_visit");
  desk_.action = [](guanxi_call*) { return GUANXI_PERMISSION; };
  EXPECT_EQ(invoke(f), GUANXI_PERMISSION);
  EXPECT_EQ(f.message(), "the action `x_visit.plan` ended with `permission`");
  desk_.action = {};
  desk_.effect = [](guanxi_reaction* reaction) {
    guanxi_reaction_explain(reaction, "too loud", nts, "x_visit", nts, "x_loud", nts, nullptr);
    return GUANXI_VALIDATION;
  };
  EXPECT_EQ(invoke(f), GUANXI_VALIDATION);
  EXPECT_EQ(f.message(), "too loud");
  EXPECT_EQ(f.field(), "x_loud");
  EXPECT_EQ(visits(), 0);
}

draft draft_of(const store& of) { return new_draft(of.system.get(), "account"); }

TEST_P(capi_module, tells_what_it_cannot_do_at_once) {
  fault f, inner;
  const store another;
  desk_.action = [&](guanxi_call* call) {
    guanxi_value v = blank();
    guanxi_draft* d = nullptr;
    guanxi_record* r = nullptr;
    EXPECT_EQ(guanxi_call_argument(call, "plce", nts, &v, inner.out()), GUANXI_MISUSE);
    EXPECT_EQ(guanxi_call_draft(call, "x_vist", nts, &d, inner.out()), GUANXI_UNKNOWN_NAME);
    EXPECT_EQ(guanxi_call_record(call, &r, inner.out()), GUANXI_MISUSE);
    EXPECT_EQ(guanxi_call_get(call, "x_visit", nts, 12345, &r, inner.out()), GUANXI_NOT_FOUND);
    EXPECT_EQ(guanxi_call_get_all(call, "x_visit", nts, 12345, &r, inner.out()),
              GUANXI_NOT_FOUND);
    EXPECT_EQ(guanxi_call_need(call, GUANXI_ACTION_EDIT, "x_visit", nts, 12345, inner.out()),
              GUANXI_NOT_FOUND);
    EXPECT_EQ(guanxi_call_need(call, 99, "x_visit", nts, 1, inner.out()),
              GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(guanxi_call_answer_step(call, 0, 0, inner.out()), GUANXI_INVALID_ARGUMENT);
    must(guanxi_call_draft(call, "x_visit", nts, &d, inner.out()), inner);
    const draft content(d);
    std::int32_t step = 7;
    EXPECT_EQ(guanxi_call_create(call, d, 5, &step, inner.out()), GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(step, -1);
    set(content, "x_place", "A");
    must(guanxi_call_create(call, d, GUANXI_AUTHORITY_USER, &step, inner.out()), inner);
    EXPECT_EQ(guanxi_call_tie(call, step, "x_before", nts, step, inner.out()),
              GUANXI_INVALID_ARGUMENT);
    must(guanxi_call_create(call, d, GUANXI_AUTHORITY_USER, &step, inner.out()), inner);
    EXPECT_EQ(guanxi_call_tie(call, step, "x_place", nts, 0, inner.out()), GUANXI_TYPE_MISMATCH);
    EXPECT_EQ(guanxi_call_tie(call, step, "x_nothing", nts, 0, inner.out()),
              GUANXI_UNKNOWN_NAME);
    const draft foreign = draft_of(another);
    EXPECT_EQ(guanxi_call_create(call, foreign.get(), GUANXI_AUTHORITY_USER, nullptr, inner.out()),
              GUANXI_MISUSE);
    return GUANXI_OK;
  };
  EXPECT_EQ(invoke(f), GUANXI_OK) << f.message();
  EXPECT_EQ(visits(), 2);
}

TEST_P(capi_module, gives_an_effect_what_it_asked_to_read) {
  fault f;
  ASSERT_EQ(invoke(f), GUANXI_OK) << f.message();
  std::string seen;
  desk_.effect = [&](guanxi_reaction* reaction) {
    guanxi_value v = blank();
    guanxi_result* r = nullptr;
    must(guanxi_reaction_before(reaction, "x_place", nts, &v, f.out()), f);
    seen += v.type == GUANXI_TYPE_NULL ? "null " : std::string(v.text) + " ";
    must(guanxi_reaction_path(reaction, 0, &v, f.out()), f);
    seen += v.type == GUANXI_TYPE_NULL ? "null " : std::string(v.text) + " ";
    must(guanxi_reaction_query(reaction, 0, &r, f.out()), f);
    const answer others(r);
    std::int64_t count = -1;
    must(guanxi_result_integer(r, 0, 0, &count, nullptr, f.out()), f);
    seen += std::to_string(count) + " " + std::to_string(guanxi_reaction_trigger(reaction)) + "\n";
    EXPECT_EQ(guanxi_reaction_path(reaction, 1, &v, f.out()), GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(guanxi_reaction_query(reaction, -1, &r, f.out()), GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(guanxi_reaction_after(reaction, "x_plac", nts, &v, f.out()), GUANXI_UNKNOWN_NAME);
    const guanxi_value wrong = an_integer(5);
    EXPECT_EQ(guanxi_reaction_set(reaction, "x_over", nts, &wrong, f.out()),
              GUANXI_TYPE_MISMATCH);
    guanxi_draft* d = nullptr;
    must(guanxi_reaction_draft(reaction, "activity", nts, &d, f.out()), f);
    const draft note(d);
    set(note, "subject", "moved");
    must(guanxi_reaction_create(reaction, d, f.out()), f);
    return GUANXI_OK;
  };
  const answer last = query(admin_.get(), "select id from x_visit order by id desc limit 1");
  std::int64_t id = 0;
  must(guanxi_result_reference(last.get(), 0, 0, &id, nullptr, f.out()), f);
  const draft d = new_draft(admin_.get(), "x_visit");
  set(d, "x_place", "Hall 9");
  ASSERT_EQ(guanxi_change(admin_.get(), id, d.get(), nullptr, nullptr, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(seen, "Hall 3 Hall 3 1 2\n");
  EXPECT_EQ(csv_of(query(admin_.get(), "select subject from activity").get()),
            "subject\r\nmoved\r\n");
}

TEST_P(capi_module, gives_up_self_once_with_the_last_that_needs_it) {
  EXPECT_EQ(desk_.released, 0);
  crm_.reset();
  EXPECT_EQ(desk_.released, 0) << "a session needs it";
  admin_.reset();
  EXPECT_EQ(desk_.released, 1);
}

TEST(capi_module_rows, are_refused_with_what_is_wrong) {
  fault f;
  guanxi_module* made = nullptr;
  must(guanxi_module_create("desk", nts, &made, f.out()), f);
  const lent_module kept(made);
  desk d;
  guanxi_module_action a = planning();
  a.run = nullptr;
  EXPECT_EQ(guanxi_module_add_action(made, &a, &d, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(f.message(), "the function `run` of `action` is NULL, and is required");
  a = planning();
  a.needs = GUANXI_ACTION_SHARE;
  EXPECT_EQ(guanxi_module_add_action(made, &a, &d, f.out()), GUANXI_INVALID_ARGUMENT);
  a = planning();
  say(a.parameters, a.parameters_length, R"({"name": "x"})");
  EXPECT_EQ(guanxi_module_add_action(made, &a, &d, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(f.message(), "`parameters` is no JSON array");
  say(a.parameters, a.parameters_length, "[");
  EXPECT_EQ(guanxi_module_add_action(made, &a, &d, f.out()), GUANXI_PARSE);
  guanxi_module_effect e = loudness();
  e.triggers = 64;
  EXPECT_EQ(guanxi_module_add_effect(made, &e, &d, f.out()), GUANXI_INVALID_ARGUMENT);
  e = loudness();
  e.write_class = 9;
  EXPECT_EQ(guanxi_module_add_effect(made, &e, &d, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(d.released, 0) << "what is refused is not given up";
  a = planning();
  say(a.name, a.name_length, "plan");
  must(guanxi_module_add_action(made, &a, &d, f.out()), f);
  guanxi_environment* world = nullptr;
  must(guanxi_environment_create(&world, f.out()), f);
  const environment held(world);
  must(guanxi_module_add_entity(made, visit, nts, f.out()), f);
  must(guanxi_environment_add_module(world, made, f.out()), f);
  guanxi_tenant* crm = nullptr;
  EXPECT_EQ(guanxi_open(world, ":memory:", nts, nullptr, &crm, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(f.message(), "action `plan`: its name must be `x_visit.` and a verb");
}

INSTANTIATE_TEST_SUITE_P(stores, capi_module,
                         testing::Values(GUANXI_STORE_KIND_SQLITE, GUANXI_STORE_KIND_MEMORY),
                         [](const auto& info) {
                           return info.param == GUANXI_STORE_KIND_MEMORY ? "memory" : "sqlite";
                         });

}  // namespace
