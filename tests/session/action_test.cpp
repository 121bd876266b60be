// Actions: what a module adds, how it is called, and what it can and cannot do.
#include "support/stores.hpp"

#include "guanxi/work/module.hpp"

namespace guanxi::test {
namespace {

using namespace crm;
using work::arguments;
using work::outcome;
using work::sight;

/// Escalates a ticket: raises its priority by one, and makes a task of it.
result<void> escalate(const arguments& given, sight& in, outcome& out) {
  const id key = given.reference("ticket");
  if (auto ok = in.need(policy::action::edit, "ticket", key); !ok) return ok;
  result<record> of = in.get("ticket", key);
  if (!of) return passed(of);
  if ((*of)[ticket::priority] == "urgent")
    return unexpected(error(errc::validation, "it is urgent already").in_entity("ticket"));
  out.change("ticket", key).content.set(ticket::priority = "urgent");
  outcome::step& task = out.create("activity");
  task.content.set(activity::subject = given["subject"].as_text());
  task.content.set(activity::ticket = key);
  outcome::step& note = out.create("activity", outcome::authority::action);
  note.content.set(activity::subject = "noted").set(activity::ticket = key);
  out.answer({task, value(in.query_all("select count() from ticket").value().at(0, 0))});
  return {};
}

work::action escalation() {
  return {.name = "ticket.escalate",
          .label_en = "Escalate",
          .label_zh = "升级",
          .entity = "ticket",
          .needs = policy::action::edit,
          .parameters = {{.name = "ticket", .type = schema::kind::reference,
                          .flags = schema::required, .target = "ticket"},
                         {.name = "subject", .type = schema::kind::text,
                          .initial = "concat('Look ', 'at it')"}},
          .results = {{.name = "task", .type = schema::kind::reference, .target = "activity"},
                      {.name = "tickets", .type = schema::kind::integer}},
          .run = escalate};
}

/// A module: an entity, an effect on it, actions.
work::module_ptr vendor(std::vector<work::action> actions = {escalation()}) {
  auto out = std::make_shared<work::module>();
  out->name = "visits";
  out->entities = {{.name = "x_visit", .label_en = "Visit",
                    .fields = {{.name = "x_place", .type = schema::kind::text,
                                .flags = schema::required | schema::title},
                               {.name = "x_loud", .type = schema::kind::text}}}};
  out->effects = {{.name = "x_visit.loud", .entity = "x_visit", .fields = {"x_place"},
                   .writes = {"x_loud"},
                   .run = [](const work::change& c, const work::reads&, work::output& to) {
                     const auto place = c.after->find("x_place").value();
                     to.set({0, c.after->of().find("x_loud")->slot,
                             value(std::string(place.as_text()) + "!"), {}});
                   }}};
  out->actions = std::move(actions);
  return out;
}

class module_case : public testing::TestWithParam<tested_store> {
 protected:
  tenant opened(std::vector<work::module_ptr> modules) {
    open_options how;
    how.world = default_environment();
    how.modules = std::move(modules);
    return open(make_driver(GetParam(), *how.world, path_), how).value();
  }
  void SetUp() override {
    crm_.emplace(opened({vendor()}));
    session s = crm_->as_system("test");
    ticket_ = s.create(ticket::entity, {ticket::subject = "Broken"}).value().key();
    user_ = s.create(user::entity, {user::login = "ann", user::name = "Ann"}).value().key();
  }
  void TearDown() override {
    crm_.reset();
    remove_store(path_);
  }
  session admin() { return crm_->as_user("admin").value(); }
  std::vector<expr::parameter_value> it() const { return {{.name = "ticket", .content = ticket_}}; }
  std::string standing() {
    return answer(admin(), "select priority, revision from ticket") +
           answer(admin(), "select subject, created_by, owner from activity order by id");
  }
  std::string path_ = fresh_path();
  std::optional<tenant> crm_;
  id ticket_, user_;
};
INSTANTIATE_TEST_SUITE_P(on, module_case, every_store, store_name);

TEST_P(module_case, takes_its_steps_as_one_and_answers) {
  session s = admin();
  const rows r = s.invoke("ticket.escalate", it()).value();
  ASSERT_EQ(r.size(), 1u);
  EXPECT_EQ(r.columns()[0].name, "task");
  EXPECT_EQ(r.at(0, 1), value(std::int64_t{1}));
  const record task = s.get("activity", r.at(0, 0).as_id()).value();
  EXPECT_EQ(task[activity::subject], "Look at it");
  EXPECT_EQ(task[activity::ticket], ticket_);
  EXPECT_EQ(s.get("ticket", ticket_).value()[ticket::priority], "urgent");
  const std::string who = std::to_string(s.who().user.value);
  EXPECT_EQ(standing(), "urgent|2\nLook at it|" + who + "|" + who + "\nnoted|" + who + "|" + who +
                            "\n")
      << "what it does by its own authority is still done by who called it";
  const auto entries = s.history("activity", task.key()).value();
  EXPECT_EQ(entries.front().cause, "ticket.escalate");
  const std::string before = standing();
  EXPECT_EQ(code(s.invoke("ticket.escalate", it())), errc::validation);
  EXPECT_EQ(standing(), before);
}

TEST_P(module_case, takes_a_cause_and_shows_a_preview) {
  session s = admin();
  const std::string before = standing();
  EXPECT_EQ(text(s.invoke("ticket.escalate", it(), {.preview = true}).value()),
            "1|edit|ticket|" + std::to_string(ticket_.value) +
                "|priority|normal|urgent\n"
                "2|create|activity|null|subject|null|Look at it\n"
                "2|create|activity|null|ticket|null|" + std::to_string(ticket_.value) +
                "\n3|create|activity|null|subject|null|noted\n"
                "3|create|activity|null|ticket|null|" + std::to_string(ticket_.value) + "\n");
  EXPECT_EQ(standing(), before);
  const rows r = s.invoke("ticket.escalate", it(), {.cause = "hotline"}).value();
  EXPECT_EQ(s.history("activity", r.at(0, 0).as_id()).value().front().cause, "hotline");
}

TEST_P(module_case, refuses_what_it_does_not_take) {
  session s = admin();
  const auto told = [&](std::string_view name, const std::vector<expr::parameter_value>& given) {
    const auto r = s.invoke(name, given);
    EXPECT_FALSE(r);
    return std::string(guanxi::name(code(r))) + ": " + message(r);
  };
  EXPECT_EQ(told("ticket.escalat", {}),
            "unknown_name: no action `ticket.escalat`; did you mean `ticket.escalate`?");
  EXPECT_EQ(told("ticket.escalate", {}),
            "invalid_argument: `ticket.escalate` needs `ticket`");
  EXPECT_EQ(told("ticket.escalate", {{.name = "tickets", .content = ticket_}}),
            "unknown_name: `ticket.escalate` has no parameter `tickets`; did you mean `ticket`?");
  EXPECT_EQ(told("ticket.escalate", {it()[0], it()[0]}),
            "invalid_argument: `ticket` of `ticket.escalate` is given twice");
  EXPECT_EQ(told("ticket.escalate", {{.name = "ticket", .content = true}}),
            "type_mismatch: `ticket` is of kind reference and takes no boolean");
  EXPECT_EQ(told("ticket.escalate", {{.name = "ticket", .list = {ticket_}, .is_list = true}}),
            "type_mismatch: `ticket` of `ticket.escalate` takes one value, not a list");
}

TEST_P(module_case, is_known_to_those_who_may_read_what_it_is_about) {
  session ann = crm_->as_user("ann").value();
  EXPECT_EQ(message(ann.invoke("ticket.escalate", it())), "no action `ticket.escalate`");
  EXPECT_EQ(ann.actions().value().size(), 0u);
  EXPECT_NE(text(admin().actions().value())
                .find("ticket.escalate|Escalate|升级|ticket|true|parameter|ticket|reference|ticket|"
                      "true|null|null\n"),
            std::string::npos);
}

TEST_P(module_case, brings_its_entities_and_effects) {
  session s = admin();
  schema::draft d = s.draft("x_visit").value();
  d.set("x_place", "Hall 3");
  s.create(d).value();
  EXPECT_EQ(answer(s, "select x_place, x_loud from x_visit"), "Hall 3|Hall 3!\n");
}

TEST_P(module_case, undoes_all_of_it_when_a_step_fails) {
  work::action half = escalation();
  half.name = "ticket.half";
  half.run = [](const arguments& given, sight& in, outcome& out) -> result<void> {
    if (auto ok = escalate(given, in, out); !ok) return ok;
    out.create("ticket");  // which lacks its subject
    return {};
  };
  work::action quiet = escalation();
  quiet.name = "ticket.look";
  quiet.writes = false;
  crm_.reset();
  remove_store(path_);
  crm_.emplace(opened({vendor({half, quiet})}));
  ticket_ = admin().create(ticket::entity, {ticket::subject = "B"}).value().key();
  const std::string before = standing();
  session s = admin();
  EXPECT_EQ(code(s.invoke("ticket.half", it())), errc::validation);
  EXPECT_EQ(standing(), before);
  s.begin().value();
  s.create(activity::entity, {activity::subject = "mine"}).value();
  EXPECT_EQ(code(s.invoke("ticket.half", it())), errc::validation);
  s.commit().value();
  EXPECT_NE(standing(), before) << "what the transaction did before stays";
  EXPECT_EQ(standing().find("noted"), std::string::npos);
  EXPECT_EQ(code(s.invoke("ticket.look", it())), errc::misuse) << "it says that it only reads";
}

TEST_P(module_case, is_refused_when_it_does_not_fit) {
  const auto told = [&](work::action a) {
    open_options how;
    how.world = default_environment();
    how.modules = {vendor({std::move(a)})};
    return message(open(make_driver(tested_store::map, *how.world, ""), how));
  };
  work::action a = escalation();
  a.name = "escalate";
  EXPECT_EQ(told(a), "action `escalate`: its name must be `ticket.` and a verb");
  a = escalation();
  a.entity = "tickets";
  EXPECT_NE(told(a).find("no entity `tickets`"), std::string::npos) << told(a);
  a = escalation();
  a.run = {};
  EXPECT_EQ(told(a), "action `ticket.escalate`: `run` is empty");
  a = escalation();
  a.parameters.push_back(a.parameters.front());
  EXPECT_EQ(told(a), "action `ticket.escalate`: `ticket` comes twice");
  a = escalation();
  a.parameters.push_back({.name = "x", .type = schema::kind::text, .initial = "subject"});
  EXPECT_NE(told(a).find("reads a field"), std::string::npos) << told(a);
  a = escalation();
  a.name = "lead.convert";
  a.entity = "lead";
  EXPECT_EQ(told(a), "action `lead.convert`: the name is taken");
}

}  // namespace
}  // namespace guanxi::test
