// Leads become accounts, contacts and opportunities (docs/actions.md).
#include "support/stores.hpp"

#include "guanxi/crm/sharing.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class lead_conversion : public on_every_store {
 protected:
  record make(std::initializer_list<schema::assignment> more = {}) {
    schema::draft d = s.draft("lead").value();
    d.set(lead::name = "王芳").set(lead::company = "Lotus 莲花");
    d.set(lead::email = "wang@lotus.example").set(lead::phone = "+86 10 5555 0101");
    d.set(lead::job_title = "CFO").set(lead::industry = "retail").set(lead::source = "fair");
    for (const schema::assignment& a : more) d.set(a);
    return s.create(d).value();
  }
  result<rows> convert(const record& from, std::vector<expr::parameter_value> more = {},
                       const invoke_options& how = {}) {
    more.push_back({.name = "lead", .content = from.key()});
    return s.invoke("lead.convert", more, how);
  }
  /// One cell of an answer, by its column.
  static id made(const rows& r, const char* column) {
    const value v = r.at(0, static_cast<std::size_t>(r.column(column)));
    return v.is_null() ? id{} : v.as_id();
  }
  std::int64_t count(const char* entity) const {
    return system().query(std::string("select count() from ") + entity).value().at(0, 0)
        .as_integer();
  }
  std::string standing() const {
    std::string out;
    for (const char* e : {"account", "contact", "opportunity", "activity"})
      out += std::to_string(count(e)) + " ";
    return out + answer(system(), "select id, revision, status from lead order by id");
  }
  session s = as("nina");
};
INSTANTIATE_TEST_SUITE_P(on, lead_conversion, every_store, store_name);

TEST_P(lead_conversion, makes_an_account_a_contact_and_a_deal) {
  const record from = make();
  const rows r = convert(from).value();
  ASSERT_EQ(r.size(), 1u);
  const record a = s.get("account", made(r, "account")).value();
  EXPECT_EQ(a[account::name], "Lotus 莲花");
  EXPECT_EQ(a[account::industry], "retail");
  EXPECT_EQ(a[account::phone], "+86 10 5555 0101");
  const record c = s.get("contact", made(r, "contact")).value();
  EXPECT_EQ(c[contact::name], "王芳");
  EXPECT_EQ(c[contact::account], a.key());
  EXPECT_EQ(c[contact::job_title], "CFO");
  EXPECT_EQ(c[contact::email], "wang@lotus.example");
  const record d = s.get("opportunity", made(r, "opportunity")).value();
  EXPECT_EQ(d[opportunity::name], "Lotus 莲花");
  EXPECT_EQ(d[opportunity::account], a.key());
  EXPECT_EQ(d[opportunity::contact], c.key());
  EXPECT_EQ(d[opportunity::source], "fair");
  EXPECT_EQ(d[opportunity::stage], key("talk")) << "the first open one";
  EXPECT_EQ(d[opportunity::close_date], date::parse("2026-03-31").value())
      << "the last day of the fiscal quarter";
  const record after = s.get("lead", from.key()).value();
  EXPECT_EQ(after[lead::status], "converted");
  EXPECT_EQ(after[lead::converted_on], date::parse("2026-03-02").value());
  EXPECT_EQ(after[lead::account], a.key());
  EXPECT_EQ(after[lead::contact], c.key());
  EXPECT_EQ(after[lead::opportunity], d.key());
  EXPECT_EQ(s.history("account", a.key()).value().front().cause, "lead.convert");
  EXPECT_EQ(s.history("account", a.key()).value().front().user, key("nina"));
}

TEST_P(lead_conversion, follows_the_fiscal_calendar_and_the_options) {
  system()
      .create(setting::entity, {setting::name = "fiscal_calendar",
                                setting::content = R"({"kind": "shifted", "start_month": 2})"})
      .value();
  const record d = s.get("opportunity", made(convert(make()).value(), "opportunity")).value();
  EXPECT_EQ(d[opportunity::close_date], date::parse("2026-04-30").value());
  const record other = make({lead::company = "Other", lead::email = "o@other.example"});
  const rows r = convert(other, {{.name = "opportunity_name", .content = "Big one"},
                                 {.name = "stage", .content = key("offer")},
                                 {.name = "amount", .content = decimal{125050, 2}},
                                 {.name = "currency", .content = "EUR"},
                                 {.name = "close_date", .content = "2026-07-01"}})
                     .value();
  EXPECT_EQ(answer(s, "select name, stage.name, amount, currency, probability, close_date from "
                      "opportunity where id = :d", {{"d", made(r, "opportunity")}}),
            "Big one|Offer 报价|1250.50|EUR|60.00|2026-07-01\n");
}

TEST_P(lead_conversion, happens_once_and_then_the_lead_is_read_only) {
  const record from = make();
  convert(from).value();
  const std::string before = standing();
  const auto again = convert(from, {{.name = "allow_duplicates", .content = true}});
  EXPECT_EQ(code(again), errc::validation);
  EXPECT_NE(message(again).find("converted already"), std::string::npos) << message(again);
  const record after = s.get("lead", from.key()).value();
  EXPECT_EQ(code(s.change(after, {lead::company = "Else"})), errc::validation);
  EXPECT_EQ(code(system().change(after, {lead::status = "new"})), errc::validation);
  EXPECT_EQ(standing(), before);
  EXPECT_TRUE(system().change(after, {schema::system_field::owner = key("nils")}))
      << "who leaves hands it over";
}

TEST_P(lead_conversion, lists_all_duplicates_before_it_writes) {
  const id account = s.create(account::entity, {account::name = "LOTUS 莲花"}).value().key();
  const id contact = s.create(contact::entity, {contact::name = "Fang",
                                                contact::email = "Wang@Lotus.example"})
                         .value()
                         .key();
  const record from = make();
  const std::string before = standing();
  const auto refused = convert(from);
  ASSERT_EQ(code(refused), errc::duplicate) << message(refused);
  EXPECT_EQ(refused.error().entity(), "account");
  EXPECT_EQ(refused.error().record(), account.value);
  ASSERT_EQ(refused.error().others().size(), 1u);
  EXPECT_EQ(refused.error().others()[0].entity(), "contact");
  EXPECT_EQ(refused.error().others()[0].record(), contact.value);
  EXPECT_EQ(standing(), before);
  EXPECT_EQ(text(s.invoke("lead.matches", {{.name = "lead", .content = from.key()}}).value()),
            "account|" + std::to_string(account.value) + "|LOTUS 莲花|name\ncontact|" +
                std::to_string(contact.value) + "|Fang|email\n");
  const rows joined = convert(from, {{.name = "account", .content = account},
                                     {.name = "contact", .content = contact}})
                          .value();
  EXPECT_EQ(made(joined, "account"), account);
  EXPECT_EQ(made(joined, "contact"), contact);
  const rows doubled = convert(make(), {{.name = "allow_duplicates", .content = true}}).value();
  EXPECT_NE(made(doubled, "account"), account);
}

TEST_P(lead_conversion, tells_of_no_duplicate_out_of_sight) {
  session sun = as("sun");
  sun.create(account::entity, {account::name = "Lotus 莲花"}).value();
  sun.create(contact::entity, {contact::name = "W", contact::email = "wang@lotus.example"})
      .value();
  EXPECT_TRUE(convert(make()));
}

TEST_P(lead_conversion, fills_only_what_is_blank_where_it_attaches) {
  const record a = s.create(account::entity, {account::name = "Lotus", account::industry = "media"})
                       .value();
  const record c = s.create(contact::entity, {contact::name = "Fang", contact::account = a.key(),
                                              contact::email_opt_out = false})
                       .value();
  const record from = make({lead::email_opt_out = true, lead::website = "lotus.example"});
  const rows r = convert(from, {{.name = "contact", .content = c.key()}}).value();
  EXPECT_EQ(made(r, "account"), a.key()) << "the contact brings its account along";
  const record after = s.get("account", a.key()).value();
  EXPECT_EQ(after[account::name], "Lotus");
  EXPECT_EQ(after[account::industry], "media");
  EXPECT_EQ(after[account::website], "lotus.example");
  const record person = s.get("contact", c.key()).value();
  EXPECT_EQ(person[contact::name], "Fang");
  EXPECT_EQ(person[contact::job_title], "CFO");
  EXPECT_EQ(person[contact::email_opt_out], false) << "an opt-out never overwrites";
}

TEST_P(lead_conversion, refuses_what_does_not_belong_together) {
  const record a = s.create(account::entity, {account::name = "A"}).value();
  const record b = s.create(account::entity, {account::name = "B"}).value();
  const record c =
      s.create(contact::entity, {contact::name = "C", contact::account = a.key()}).value();
  const record from = make();
  const std::string before = standing();
  const auto apart = convert(from, {{.name = "contact", .content = c.key()},
                                    {.name = "account", .content = b.key()}});
  EXPECT_EQ(code(apart), errc::validation) << message(apart);
  EXPECT_EQ(code(convert(from, {{.name = "account", .content = id{999}}})), errc::not_found);
  EXPECT_EQ(code(convert(from, {{.name = "stage", .content = key("won")}})), errc::validation);
  EXPECT_EQ(code(convert(from, {{.name = "opportunity", .content = key("bridge")},
                                {.name = "without_opportunity", .content = true}})),
            errc::validation);
  EXPECT_EQ(standing(), before);
}

TEST_P(lead_conversion, needs_no_company_and_no_deal) {
  const record person = s.create(lead::entity, {lead::name = "陈 静"}).value();
  const rows r = convert(person, {{.name = "without_opportunity", .content = true}}).value();
  EXPECT_FALSE(made(r, "account"));
  EXPECT_FALSE(made(r, "opportunity"));
  EXPECT_EQ(s.get("contact", made(r, "contact")).value()[contact::name], "陈 静");
}

TEST_P(lead_conversion, takes_activities_along) {
  const record from = make();
  const record call =
      s.create(activity::entity, {activity::subject = "Call", activity::type = "call",
                                  activity::lead = from.key(),
                                  activity::done_at = at.clock->now()})
          .value();
  const rows r = convert(from).value();
  const record after = s.get("activity", call.key()).value();
  EXPECT_EQ(after[activity::lead], from.key());
  EXPECT_EQ(after[activity::account], made(r, "account"));
  EXPECT_EQ(after[activity::contact], made(r, "contact"));
  EXPECT_EQ(after[activity::opportunity], made(r, "opportunity"));
  EXPECT_EQ(s.get("account", made(r, "account")).value()[account::last_activity_at],
            at.clock->now());
}

TEST_P(lead_conversion, copies_custom_fields_by_name_and_by_mapping) {
  session admin = as("admin");
  admin.define("lead", {.name = "x_tax_id", .type = schema::kind::text}).value();
  admin.define("lead", {.name = "x_budget", .type = schema::kind::text}).value();
  admin.define("account", {.name = "x_tax_id", .type = schema::kind::text,
                           .flags = schema::unique}).value();
  admin.create(conversion_mapping::entity,
               {conversion_mapping::lead_field = "x_budget",
                conversion_mapping::target = "opportunity",
                conversion_mapping::target_field = "next_step"})
      .value();
  s = as("nina");
  schema::draft d = s.draft("lead").value();
  d.set("name", "T").set("company", "Tax").set("x_tax_id", "91-1").set("x_budget", "high");
  const record from = s.create(d).value();
  const rows r = convert(from).value();
  EXPECT_EQ(answer(s, "select x_tax_id from account where id = :a", {{"a", made(r, "account")}}),
            "91-1\n");
  EXPECT_EQ(answer(s, "select next_step from opportunity where id = :d",
                   {{"d", made(r, "opportunity")}}),
            "high\n");
  schema::draft same = s.draft("lead").value();
  same.set("name", "U").set("company", "Other name").set("x_tax_id", "91-1");
  const auto refused = convert(s.create(same).value());
  EXPECT_EQ(code(refused), errc::duplicate);
  EXPECT_EQ(refused.error().field(), "x_tax_id") << "unique fields first";
  admin.create(conversion_mapping::entity,
               {conversion_mapping::lead_field = "x_budget", conversion_mapping::target = "account",
                conversion_mapping::target_field = "employees"})
      .value();
  const auto wrong =
      convert(s.create(same).value(), {{.name = "allow_duplicates", .content = true}});
  EXPECT_EQ(code(wrong), errc::validation);
  EXPECT_NE(message(wrong).find("mapping"), std::string::npos) << message(wrong);
}

TEST_P(lead_conversion, shows_beforehand_what_it_would_write) {
  const record from = make();
  const std::string before = standing();
  const rows r = convert(from, {}, {.preview = true}).value();
  EXPECT_EQ(standing(), before);
  const std::string shown = text(r);
  EXPECT_NE(shown.find("1|create|account|null|name|null|Lotus 莲花\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("2|create|contact|null|account|null|step 1\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("|edit|lead|" + std::to_string(from.key().value) +
                       "|status|new|converted\n"),
            std::string::npos)
      << shown;
  convert(from).value();
}

TEST_P(lead_conversion, needs_edit_on_the_lead_and_create_on_what_it_makes) {
  const record from = make();
  const std::string before = standing();
  session sun = as("sun");
  const std::vector<expr::parameter_value> it = {{.name = "lead", .content = from.key()}};
  const auto unseen = sun.invoke("lead.convert", it);
  EXPECT_EQ(code(unseen), errc::not_found);
  EXPECT_EQ(message(unseen),
            replaced(message(sun.invoke("lead.convert", {{.name = "lead", .content = id{999}}})),
                     "999", std::to_string(from.key().value)));
  session all = system();
  all.create(record_share::entity,
             {record_share::entity_name = "lead", record_share::record = from.key().value,
              record_share::user = key("sun"), record_share::level = "read"})
      .value();
  EXPECT_EQ(code(as("sun").invoke("lead.convert", it)), errc::permission);
  const rows right = all.query("select id from entity_right where permission_set = :s and "
                               "entity = 'opportunity'", {{"s", key("standard")}}).value();
  ASSERT_FALSE(right.empty());
  all.change(right.at(0, 0).as_id(),
             all.draft("entity_right").value().set("may_create", false))
      .value();
  const auto refused = as("nina").invoke("lead.convert", it);
  EXPECT_EQ(code(refused), errc::permission) << message(refused);
  EXPECT_EQ(standing(), before);
}

TEST_P(lead_conversion, hides_what_is_hidden) {
  session admin = system();
  const record from = make({lead::website = "secret.example"});
  admin.create(field_right::entity,
               {field_right::permission_set = key("standard"), field_right::entity_name = "lead",
                field_right::field = "website", field_right::may_read = false,
                field_right::may_edit = false})
      .value();
  s = as("nina");
  ASSERT_NE(answer(s, "select website from lead").find("error"), std::string::npos);
  const rows r = convert(from).value();
  EXPECT_EQ(answer(system(), "select website from account where id = :a",
                   {{"a", made(r, "account")}}),
            "null\n");
}

TEST_P(lead_conversion, is_part_of_an_open_transaction) {
  const record from = make();
  const std::string before = standing();
  s.begin().value();
  convert(from).value();
  EXPECT_EQ(code(convert(from)), errc::validation) << "what is written counts";
  EXPECT_EQ(answer(s, "select count() from account where name = 'Lotus 莲花'"), "1\n")
      << "and stays when a later action fails";
  s.rollback().value();
  EXPECT_EQ(standing(), before);
}

TEST_P(lead_conversion, is_guarded_by_the_revision_that_was_read) {
  const record from = make();
  s.change(from, {lead::score = std::int64_t{7}}).value();
  EXPECT_EQ(code(convert(from, {{.name = "expected_revision", .content = from.revision()}})),
            errc::conflict);
  EXPECT_TRUE(convert(from, {{.name = "expected_revision", .content = from.revision() + 1}}));
}

}  // namespace
}  // namespace guanxi::test
