// Creating, reading, changing and removing records, on every store.
#include "support/map_store.hpp"
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
namespace field = guanxi::schema::system_field;

namespace {

constexpr currency usd("USD"), eur("EUR");

class record_case : public on_every_store {};
INSTANTIATE_TEST_SUITE_P(on, record_case, every_store, store_name);

}  // namespace

TEST_P(record_case, lives_from_create_to_remove) {
  session s = as("nina");
  const record made = s.create(account::entity, {account::name = "Delta"}).value();
  EXPECT_TRUE(made.key());
  EXPECT_EQ(made.revision(), 1);
  EXPECT_EQ(made[account::name], "Delta");
  EXPECT_EQ(made[field::owner], key("nina"));
  EXPECT_EQ(made[field::owner_role], key("role.agent_north"));
  EXPECT_EQ(made[field::created_by], key("nina"));
  EXPECT_EQ(made[field::created_at], at.clock->now());

  at.clock->advance(60 * microseconds_per_second);
  const record changed = s.change(made, {account::city = "Bonn"}).value();
  EXPECT_EQ(changed.revision(), 2);
  EXPECT_EQ(changed[account::city], "Bonn");
  EXPECT_EQ(changed[account::name], "Delta");
  EXPECT_EQ(changed[field::modified_at], at.clock->now());
  const record read = s.get(account::entity, made.key()).value();
  for (std::uint16_t slot = 0; slot < read.of().slots(); ++slot)
    EXPECT_EQ(read.at(slot), changed.at(slot)) << read.of().at(slot).name;

  ASSERT_TRUE(s.remove("account", made.key()));
  EXPECT_EQ(code(s.get("account", made.key())), errc::not_found);
  EXPECT_EQ(code(s.change(read, {account::city = "Ulm"})), errc::not_found);
  EXPECT_EQ(code(s.remove("account", made.key())), errc::not_found);
  EXPECT_EQ(answer(s, "select count() from account where name = 'Delta'"), "0\n");
}

TEST_P(record_case, gets_ids_that_are_never_used_again) {
  session s = as("nina");
  const id first = s.create(account::entity, {account::name = "One"}).value().key();
  s.remove("account", first).value();
  EXPECT_GT(s.create(account::entity, {account::name = "Two"}).value().key(), first);
}

TEST_P(record_case, gets_defaults_only_where_the_caller_said_nothing) {
  session s = as("nina");
  const record plain = s.create(account::entity, {account::name = "Plain"}).value();
  EXPECT_EQ(plain[account::classification], "prospect");
  const record key_account =
      s.create(account::entity, {account::name = "Key", account::classification = "key"}).value();
  EXPECT_EQ(key_account[account::classification], "key");
  const record none =
      s.create(account::entity, {account::name = "N", account::classification = nullptr}).value();
  EXPECT_EQ(none[account::classification], std::nullopt);
}

TEST_P(record_case, must_have_what_is_required) {
  session s = as("nina");
  const auto nameless = s.create(account::entity, {account::city = "Rome"});
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().code(), errc::validation);
  EXPECT_EQ(nameless.error().field(), "name");
  const auto both = s.create(opportunity::entity, {});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().others().size(), 1u) << "name and stage are both missing";
  const record acme = s.get("account", key("acme")).value();
  EXPECT_EQ(code(s.change(acme, {account::name = nullptr})), errc::validation);
  EXPECT_EQ(s.get("account", key("acme")).value()[account::name], "Acme");
}

TEST_P(record_case, reports_every_fault_at_once) {
  session s = as("nina");
  schema::draft d = s.draft("account").value();
  d.set("classification", "gold").set("employees", "many").set("nmae", "Typo");
  const auto refused = s.create(d);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().others().size(), 2u) << message(refused);
}

TEST_P(record_case, keeps_text_composed) {
  session s = as("nina");
  const record r = s.create(account::entity, {account::name = "Cafe\xcc\x81"}).value();
  EXPECT_EQ(r[account::name], "Caf\xc3\xa9");
  EXPECT_EQ(answer(s, "select name from account where name = :n", {{"n", "Caf\xc3\xa9"}}),
            "Caf\xc3\xa9\n");
}

TEST_P(record_case, refuses_what_the_library_sets) {
  session s = as("nina");
  for (const char* name : {"id", "revision", "owner_role", "created_at", "modified_by",
                           "deletion_batch"}) {
    schema::draft d = s.draft("account").value();
    d.set("name", "X").set(name, 7);
    EXPECT_FALSE(s.create(d)) << name;
  }
  schema::draft d = at.as("admin").draft("stage").value();
  d.set("name", "S").set("pipeline", key("pipeline")).set("is_won", true);
  EXPECT_EQ(code(at.as("admin").create(d)), errc::validation);
}

TEST_P(record_case, keeps_unique_values_apart) {
  session nina = as("nina"), sun = as("sun");
  const id stage = key("talk");
  const auto numbered = [&](session& s, const char* number) {
    return s.create(opportunity::entity, {opportunity::name = "N", opportunity::stage = stage,
                                          opportunity::number = number});
  };
  const record first = numbered(nina, "D-1").value();
  const auto mine = numbered(nina, "D-1");
  const auto hidden = numbered(sun, "D-1");
  ASSERT_FALSE(mine);
  ASSERT_FALSE(hidden);
  EXPECT_EQ(mine.error().code(), errc::duplicate);
  EXPECT_EQ(message(mine), message(hidden)) << "who may see the holder is nobody's business";
  EXPECT_EQ(hidden.error().record(), 0);
  EXPECT_TRUE(nina.change(first, {opportunity::name = "Same number"}));
  EXPECT_TRUE(numbered(sun, "d-1")) << "case counts";
  ASSERT_TRUE(nina.remove("opportunity", first.key()));
  const auto again = numbered(sun, "D-1");
  ASSERT_TRUE(again) << "a deleted record holds no value";
  const record other = numbered(nina, "D-2").value();
  EXPECT_EQ(code(nina.change(other, {opportunity::number = "D-1"})), errc::duplicate);
  ASSERT_TRUE(sun.change(*again, {opportunity::number = nullptr}));
  EXPECT_TRUE(nina.change(other, {opportunity::number = "D-1"}));
  EXPECT_TRUE(numbered(sun, "D-2")) << "a value that was given up is free";
}

TEST_P(record_case, lets_unique_values_change_hands_in_one_transaction) {
  session s = as("nina");
  const auto make = [&](const char* number) {
    return s.create(opportunity::entity, {opportunity::name = "N", opportunity::number = number,
                                          opportunity::stage = key("talk")})
        .value();
  };
  const record a = make("A"), b = make("B");
  s.begin().value();
  s.change(a, {opportunity::number = nullptr}).value();
  s.change(b, {opportunity::number = "A"}).value();
  s.commit().value();
  EXPECT_EQ(answer(s, "select id from opportunity where number = 'A'"),
            std::to_string(b.key().value) + "\n");
  s.begin().value();
  EXPECT_TRUE(s.change(b.key(), s.draft("opportunity").value().set("number", "C")));
  s.rollback().value();
  EXPECT_EQ(code(s.create(opportunity::entity,
                          {opportunity::name = "N", opportunity::number = "A",
                           opportunity::stage = key("talk")})),
            errc::duplicate)
      << "a rollback gives the value back to its holder";
}

TEST_P(record_case, refers_only_to_what_the_caller_sees) {
  session s = as("nina");
  const auto with_account = [&](id of) {
    return s.create(contact::entity, {contact::name = "C", contact::account = of});
  };
  EXPECT_TRUE(with_account(key("acme")));
  const auto hidden = with_account(key("sunny"));
  const auto missing = with_account(id{999'999});
  ASSERT_FALSE(hidden);
  ASSERT_FALSE(missing);
  EXPECT_EQ(hidden.error().code(), missing.error().code());
  EXPECT_EQ(replaced(message(hidden), std::to_string(key("sunny").value), "#"),
            replaced(message(missing), "999999", "#"));
  EXPECT_EQ(hidden.error().record(), missing.error().record());
  const id gone = s.create(account::entity, {account::name = "Gone"}).value().key();
  s.remove("account", gone).value();
  EXPECT_EQ(replaced(message(with_account(gone)), std::to_string(gone.value), "#"),
            replaced(message(missing), "999999", "#"));
  EXPECT_FALSE(with_account(key("bridge"))) << "an id of another entity is none of this one";
}

TEST_P(record_case, shows_no_field_of_a_removed_parent) {
  session s = as("nina");
  const id ann = s.create(contact::entity, {contact::name = "Ann"}).value().key();
  s.change(key("tea"), s.draft("opportunity").value().set("contact", ann)).value();
  s.remove("contact", ann).value();
  EXPECT_EQ(answer(s, "select name, contact.name from opportunity where name = '茶叶年单'"),
            "茶叶年单|null\n");
}

TEST_P(record_case, has_one_currency) {
  session s = as("nina");
  const auto deal = [&](std::initializer_list<schema::assignment> more) {
    schema::draft d(*s.catalog()->find("opportunity"), more);
    d.set(opportunity::name = "M").set(opportunity::stage = key("talk"));
    return s.create(d);
  };
  const record in_eur = deal({opportunity::amount = money{{500, 2}, eur}}).value();
  EXPECT_EQ(in_eur[opportunity::amount], (money{{500, 2}, eur}));
  EXPECT_EQ(in_eur[opportunity::currency], "EUR");
  const record none_named = deal({opportunity::amount = money{{500, 2}, {}}}).value();
  EXPECT_EQ(none_named[opportunity::currency], "USD") << "the tenant's base currency";
  EXPECT_EQ(code(deal({opportunity::amount = money{{5, 3}, eur}})), errc::validation)
      << "half a cent is refused, not rounded";
  const record changed =
      s.change(in_eur, {opportunity::amount = money{{700, 2}, {}}}).value();
  EXPECT_EQ(changed[opportunity::amount], (money{{700, 2}, eur}));
}

TEST_P(record_case, never_adds_two_currencies) {
  session s = as("nina");
  s.change(s.get("opportunity", key("tea")).value(),
           {opportunity::amount = money{{250'000, 2}, eur}})
      .value();
  for (const char* what : {"sum(amount)", "avg(amount)", "max(amount)", "sum(amount * 2)",
                           "sum(amount) + 1"}) {
    const auto mixed = s.query("select " + std::string(what) + " from opportunity");
    ASSERT_FALSE(mixed) << what;
    EXPECT_EQ(mixed.error().code(), errc::mixed_currency) << message(mixed);
    EXPECT_NE(message(mixed).find("EUR"), std::string::npos);
    EXPECT_NE(message(mixed).find("USD"), std::string::npos);
  }
  EXPECT_EQ(answer(s, "select currency, sum(amount) from opportunity group by currency"),
            "EUR|2500.00\nUSD|1000.50\n");
  EXPECT_EQ(answer(s, "select sum(amount) from opportunity where currency = 'EUR'"), "2500.00\n");
  EXPECT_EQ(answer(s, "select sum(amount) filter (where currency = 'USD') from opportunity"),
            "1000.50\n");
  EXPECT_EQ(answer(s, "select count(amount) from opportunity"), "2\n");
  // A group without the mix is not spoilt by one outside it, nor by amounts that are not there.
  EXPECT_EQ(answer(s, "select stage.name, sum(amount) from opportunity group by stage.name"),
            "Offer 报价|2500.00\nTalk|1000.50\n");
}

TEST_P(record_case, refuses_to_overwrite_what_it_has_not_read) {
  session s = as("nina");
  const record first = s.get("account", key("acme")).value();
  s.change(first, {account::city = "Bonn"}).value();
  const auto late = s.change(first, {account::city = "Ulm"});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), errc::conflict);
  EXPECT_EQ(late.error().record(), key("acme").value);
  EXPECT_EQ(code(s.remove("account", key("acme"), first.revision())), errc::conflict);
  EXPECT_EQ(s.get("account", key("acme")).value()[account::city], "Bonn");
  EXPECT_TRUE(s.change(key("acme"), schema::draft(first.of(), {account::city = "Ulm"})))
      << "no revision, no guard";
}

TEST_P(record_case, keeps_its_revision_when_nothing_changes) {
  session s = as("nina");
  const record before = s.get("account", key("acme")).value();
  const record after = s.change(before, {account::name = "Acme"}).value();
  EXPECT_EQ(after.revision(), before.revision());
  EXPECT_EQ(s.history("account", key("acme")).value().size(), 1u);
}

TEST_P(record_case, is_gone_after_a_rollback) {
  session s = as("nina");
  const std::string before = answer(s, "select * from account order by id");
  s.begin().value();
  EXPECT_TRUE(s.in_transaction());
  const record r = s.create(account::entity, {account::name = "Phantom"}).value();
  s.change(key("acme"), schema::draft(r.of(), {account::city = "Nowhere"})).value();
  s.remove("account", key("zhang")).value();
  EXPECT_TRUE(s.get("account", r.key())) << "a transaction sees its own writes";
  EXPECT_EQ(answer(s, "select city from account where name in ('Acme', 'Phantom')"),
            "Nowhere\nnull\n");
  s.rollback().value();
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(code(s.get("account", r.key())), errc::not_found);
  EXPECT_EQ(answer(s, "select * from account order by id"), before);
  EXPECT_EQ(s.history("account", key("acme")).value().size(), 1u);
  EXPECT_EQ(code(s.rollback()), errc::misuse);
  EXPECT_EQ(code(s.commit()), errc::misuse);
}

TEST_P(record_case, fails_alone_inside_a_transaction) {
  session s = as("nina");
  s.begin().value();
  EXPECT_EQ(code(s.begin()), errc::misuse);
  const id kept = s.create(account::entity, {account::name = "Kept"}).value().key();
  EXPECT_FALSE(s.create(account::entity, {account::city = "Nameless"}));
  EXPECT_FALSE(s.create(opportunity::entity,
                        {opportunity::name = "Bad", opportunity::stage = id{999'999}}));
  EXPECT_FALSE(s.get("account", key("sunny")));
  const id later = s.create(account::entity, {account::name = "Later"}).value().key();
  s.commit().value();
  EXPECT_TRUE(s.get("account", kept));
  EXPECT_TRUE(s.get("account", later));
  EXPECT_EQ(answer(s, "select count() from opportunity where name = 'Bad'"), "0\n");
  EXPECT_EQ(answer(system(), "select count() from stage_visit where opportunity.name = 'Bad'"),
            "0\n");
}

TEST_P(record_case, is_seen_by_others_after_the_commit_only) {
  if (!shows_last_commit(GetParam()))
    GTEST_SKIP() << "this store shows no last commit beside an open transaction";
  session writer = as("nina"), reader = as("mona");
  writer.begin().value();
  const id made = writer.create(account::entity, {account::name = "Soon"}).value().key();
  EXPECT_EQ(code(reader.get("account", made)), errc::not_found);
  EXPECT_EQ(answer(reader, "select count() from account where name = 'Soon'"), "0\n");
  writer.commit().value();
  EXPECT_TRUE(reader.get("account", made));
}

TEST_P(record_case, brings_an_abandoned_transaction_to_nothing) {
  {
    session s = as("nina");
    s.begin().value();
    s.create(account::entity, {account::name = "Abandoned"}).value();
  }
  EXPECT_EQ(answer(as("nina"), "select count() from account where name = 'Abandoned'"), "0\n");
}

TEST_P(record_case, tells_its_history_with_before_and_after) {
  session s = as("nina");
  at.clock->advance(60 * microseconds_per_second);
  s.change(key("bridge"),
           schema::draft(*s.catalog()->find("opportunity"),
                         {opportunity::amount = money{{200'000, 2}, usd},
                          opportunity::close_date = date::parse("2026-04-30").value()}),
           0, "negotiation")
      .value();
  const auto log = s.history("opportunity", key("bridge")).value();
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[0].action, "create");
  EXPECT_EQ(log[0].cause, "test");
  EXPECT_EQ(log[1].action, "edit");
  EXPECT_EQ(log[1].cause, "negotiation");
  EXPECT_EQ(log[1].user, key("nina"));
  EXPECT_EQ(log[1].at, at.clock->now());
  EXPECT_LT(log[0].sequence, log[1].sequence);
  std::map<std::string, std::pair<value, value>> fields;
  for (const auto& f : log[1].fields) fields[f.name] = {f.before, f.after};
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields["amount"].first, value(decimal{100'050, 2}));
  EXPECT_EQ(fields["amount"].second, value(decimal{200'000, 2}));
  EXPECT_EQ(fields["close_date"].first, value(date::parse("2026-03-31").value()));
  EXPECT_EQ(fields["close_date"].second, value(date::parse("2026-04-30").value()));
}

TEST(plain_store, says_that_it_has_no_transactions) {
  open_options how;
  auto crm = open(std::make_unique<map_store>(map_store::kind::plain), how);
  ASSERT_TRUE(crm) << message(crm);
  session s = crm->as_user("admin").value();
  const record r = s.create(account::entity, {account::name = "Acme"}).value();
  EXPECT_TRUE(s.get("account", r.key()));
  EXPECT_EQ(code(s.create(account::entity, {account::city = "Nameless"})), errc::validation);
  EXPECT_EQ(code(s.begin()), errc::unsupported);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(answer(s, "select name from account"), "Acme\n");
}
