#include "sample.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace {
using namespace sample;

record acme(const catalog_ptr& c) {
  record r(c, *c->find("account"));
  r.set(system_slot::id, id{5});
  r.set(system_slot::revision, 3);
  r.set(account::name.slot(), "Acme");
  r.set(account::employees.slot(), 12);
  return r;
}

std::shared_ptr<const std::vector<bool>> all_but(const entity& of, std::uint16_t slot) {
  std::vector<bool> mask(of.slots(), true);
  mask[slot] = false;
  return std::make_shared<const std::vector<bool>>(mask);
}

TEST(record, reads_by_handle_and_by_name) {
  const catalog_ptr c = compiled();
  const record r = acme(c);
  EXPECT_EQ(r.key(), id{5});
  EXPECT_EQ(r.revision(), 3);
  EXPECT_FALSE(r.deleted());
  EXPECT_EQ(r[account::name], "Acme");
  EXPECT_EQ(r[account::employees], 12);
  EXPECT_FALSE(r[account::parent]);
  EXPECT_EQ(r.find("name").value(), value("Acme"));
  EXPECT_TRUE(r.find("parent").value().is_null());
}

TEST(record, has_neither_key_nor_revision_before_it_is_stored) {
  const catalog_ptr c = compiled();
  const record r(c, *c->find("account"));
  EXPECT_FALSE(r.key());
  EXPECT_EQ(r.revision(), 0);
  EXPECT_TRUE(record().empty());
  EXPECT_FALSE(record().key());
}

TEST(record, reads_money_in_its_currency) {
  const catalog_ptr c = compiled();
  record r(c, *c->find("deal"));
  r.set(deal::amount.slot(), decimal{1250, 2});
  EXPECT_TRUE(r[deal::amount]->currency.empty());
  r.set(c->find("deal")->currency_slot(), "EUR");
  EXPECT_EQ(*r[deal::amount], (money{{1250, 2}, currency("EUR")}));
}

TEST(record, refuses_a_handle_of_another_entity) {
  const catalog_ptr c = compiled();
  const record r = acme(c);
  try {
    (void)r[deal::name];
    FAIL() << "a handle of another entity was taken";
  } catch (const failure& why) {
    EXPECT_EQ(why.error().code(), errc::misuse);
  }
  EXPECT_THROW((void)r[handle<std::int64_t>(entity_tag("account"), 900)], failure);
  EXPECT_THROW((void)record()[account::name], failure);
}

TEST(record, shows_nothing_of_a_hidden_field) {
  const catalog_ptr c = compiled();
  record r = acme(c);
  r.hide_behind(all_but(r.of(), account::employees.slot()));
  EXPECT_FALSE(r.visible(account::employees.slot()));
  EXPECT_TRUE(r.at(account::employees.slot()).is_null());
  EXPECT_FALSE(r[account::employees]);
  EXPECT_EQ(r[account::name], "Acme");

  const auto hidden = r.find("employees"), unknown = r.find("wmployees");
  ASSERT_FALSE(hidden);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(hidden.error().code(), unknown.error().code());
  EXPECT_EQ(hidden.error().message(), "no field `employees` on `account`");
  EXPECT_EQ(unknown.error().message(), "no field `wmployees` on `account`");
  EXPECT_EQ(hidden.error().entity(), unknown.error().entity());
}

TEST(record, hints_at_visible_fields_only) {
  const catalog_ptr c = compiled();
  record r = acme(c);
  EXPECT_EQ(r.find("phon").error().message(),
            "no field `phon` on `account`; did you mean `phone`?");
  r.hide_behind(all_but(r.of(), c->find("account")->find("phone")->slot));
  EXPECT_EQ(r.find("phon").error().message(), "no field `phon` on `account`");
}

TEST(record, hides_everything_behind_a_mask_that_does_not_fit) {
  const catalog_ptr c = compiled();
  record r = acme(c);
  r.hide_behind(std::make_shared<const std::vector<bool>>(2, true));
  EXPECT_FALSE(r[account::name]);
  EXPECT_FALSE(r.find("name"));
}

class fitting : public ::testing::Test {
 protected:
  const field& of(std::string_view name) const {
    return *(name == "employees" || name == "active" ? c->find("account") : c->find("deal"))
                ->find(name);
  }
  value good(std::string_view name, value v) const {
    const auto fit = fitted(of(name), std::move(v));
    EXPECT_TRUE(fit) << fit.error().message();
    return fit ? *fit : value("refused");
  }
  errc bad(std::string_view name, value v) const {
    const auto fit = fitted(of(name), std::move(v));
    if (fit) return errc::ok;
    EXPECT_EQ(fit.error().field(), name);
    EXPECT_EQ(fit.error().entity(), of(name).of->name());
    EXPECT_NE(fit.error().message().find("`" + std::string(name) + "`"), std::string::npos);
    return fit.error().code();
  }
  std::string why(std::string_view name, value v) const {
    return std::string(fitted(of(name), std::move(v)).error().message());
  }
  catalog_ptr c = compiled();
};

TEST_F(fitting, always_takes_null) {
  for (const field& f : c->find("deal")->fields())
    EXPECT_TRUE(fitted(f, value()).value().is_null()) << f.name;
}

TEST_F(fitting, brings_numbers_to_the_scale_of_the_field) {
  const auto scaled = [&](std::string_view name, value v) {
    return good(name, std::move(v)).as_decimal();
  };
  EXPECT_EQ(scaled("amount", 12).coefficient, 1200);
  EXPECT_EQ(scaled("amount", 12).scale, 2);
  EXPECT_EQ(scaled("amount", decimal{15000, 4}).coefficient, 150);
  EXPECT_EQ(scaled("discount", decimal{5, 1}).coefficient, 5000);
  EXPECT_EQ(scaled("amount", "12.50").coefficient, 1250);
  EXPECT_EQ(scaled("amount", "-3").coefficient, -300);
}

TEST_F(fitting, refuses_decimals_that_would_lose_digits) {
  EXPECT_EQ(bad("amount", decimal{1005, 3}), errc::validation);
  EXPECT_EQ(why("amount", decimal{1005, 3}),
            "`amount` keeps 2 digits after the point, and `1.005` has more; round it first");
  EXPECT_EQ(bad("amount", "1.005"), errc::validation);
  EXPECT_EQ(bad("employees", decimal{15, 1}), errc::validation);
  EXPECT_EQ(good("employees", decimal{1500, 2}), value(15));
}

TEST_F(fitting, refuses_numbers_that_do_not_fit) {
  EXPECT_EQ(bad("amount", std::numeric_limits<std::int64_t>::max()), errc::overflow);
  EXPECT_EQ(bad("amount", std::numeric_limits<std::int64_t>::min()), errc::overflow);
  EXPECT_NE(bad("employees", "99999999999999999999"), errc::ok);
}

TEST_F(fitting, reads_text_as_what_the_field_holds) {
  EXPECT_EQ(good("close_date", "2017-03-01"), value(date::parse("2017-03-01").value()));
  EXPECT_EQ(good("last_call", "2017-03-01T08:00:00+08:00"),
            value(instant::parse("2017-03-01T00:00:00Z").value()));
  EXPECT_EQ(good("employees", "-42"), value(-42));
  EXPECT_EQ(good("account", "281474976710657"), value(id{281474976710657}));
  EXPECT_EQ(bad("close_date", "2017-02-30"), errc::parse);
  EXPECT_EQ(bad("last_call", "2017-03-01"), errc::parse);
  EXPECT_EQ(bad("amount", "1,000"), errc::parse);
  EXPECT_EQ(bad("amount", ""), errc::parse);
  EXPECT_EQ(bad("employees", "4.0"), errc::parse);
  for (const char* text : {"", "+7", "-7", " 7", "7a"})
    EXPECT_EQ(bad("account", text), errc::parse) << text;
  EXPECT_EQ(bad("active", "true"), errc::type_mismatch);
}

TEST_F(fitting, takes_integers_as_references) {
  EXPECT_EQ(good("account", 7), value(id{7}));
  EXPECT_EQ(good("account", id{7}), value(id{7}));
  EXPECT_EQ(bad("account", 0), errc::validation);
  EXPECT_EQ(bad("account", -7), errc::validation);
  EXPECT_EQ(bad("account", id{}), errc::validation);
}

TEST_F(fitting, refuses_text_that_is_not_clean) {
  EXPECT_EQ(bad("name", "ab\xff"), errc::invalid_text);
  EXPECT_EQ(why("name", "ab\xff"), "`name` is not UTF-8 at byte 2");
  EXPECT_EQ(bad("name", std::string("a\0b", 3)), errc::invalid_text);
  EXPECT_EQ(bad("stage", "\xc3"), errc::invalid_text);
  EXPECT_EQ(bad("amount", "\xc3"), errc::invalid_text);
  EXPECT_EQ(good("name", "关系").as_text(), "关系");
  EXPECT_EQ(good("name", "e\xcc\x81").as_text(), "e\xcc\x81");  // composing is the pipeline's
}

TEST_F(fitting, takes_a_code_of_a_choice_and_hints_at_the_nearest) {
  EXPECT_EQ(good("stage", "won").as_text(), "won");
  EXPECT_EQ(bad("stage", "wom"), errc::validation);
  EXPECT_EQ(why("stage", "wom"), "`stage` has no choice `wom`; did you mean `won`?");
  EXPECT_EQ(why("stage", "Prospecting"), "`stage` has no choice `Prospecting`");
}

TEST_F(fitting, refuses_values_of_another_type) {
  EXPECT_EQ(bad("name", 5), errc::type_mismatch);
  EXPECT_EQ(bad("amount", true), errc::type_mismatch);
  EXPECT_EQ(bad("active", 1), errc::type_mismatch);
  EXPECT_EQ(bad("close_date", 5), errc::type_mismatch);
  EXPECT_EQ(bad("stage", 1), errc::type_mismatch);
  EXPECT_EQ(bad("last_call", date{}), errc::type_mismatch);
  EXPECT_EQ(bad("account", decimal{5, 0}), errc::type_mismatch);
  EXPECT_EQ(why("amount", true), "`amount` is of kind money and takes no boolean");
}

TEST_F(fitting, wants_a_currency_code_where_amounts_have_their_currency) {
  EXPECT_EQ(good("currency", "CNY").as_text(), "CNY");
  EXPECT_EQ(bad("currency", "cny"), errc::validation);
}

TEST_F(fitting, fits_custom_fields_as_standard_ones) {
  auto all = definitions();
  all[1].fields.push_back({.name = "x_margin", .type = kind::money});
  const catalog_ptr more = catalog::compile(all).value();
  EXPECT_EQ(fitted(*more->find("deal")->find("x_margin"), "7.5").value().as_decimal().coefficient,
            750);
  draft d(*more->find("deal"));
  d.set(more->find<money>("deal", "x_margin").value() = money{{5, 0}, currency("USD")});
  EXPECT_TRUE(d.errors().empty());
  EXPECT_TRUE(d.has(more->find("deal")->currency_slot()));
}

class drafting : public ::testing::Test {
 protected:
  const error& only_error(const draft& d) const {
    static const error none;
    EXPECT_EQ(d.errors().size(), 1u);
    return d.errors().empty() ? none : d.errors()[0];
  }
  catalog_ptr c = compiled();
  const entity& of_account = *c->find("account");
  const entity& of_deal = *c->find("deal");
};

TEST_F(drafting, keeps_what_is_set_by_handle_and_by_name) {
  draft d(of_account, {account::name = "Acme", account::active = true});
  d.set("phone", "+86 10 1234").set(account::parent = id{4}).set("employees", nullptr);
  EXPECT_TRUE(d.errors().empty());
  EXPECT_EQ(d.entries().size(), 5u);
  EXPECT_EQ(*d.find(account::name.slot()), value("Acme"));
  EXPECT_EQ(*d.find(account::parent.slot()), value(id{4}));
  EXPECT_TRUE(d.find(account::employees.slot())->is_null());
  EXPECT_FALSE(d.has(system_slot::owner));
}

TEST_F(drafting, overwrites_what_is_set_twice) {
  draft d(of_account, {account::name = "Acme"});
  d.set("name", "Acme Ltd");
  EXPECT_EQ(d.entries().size(), 1u);
  EXPECT_EQ(*d.find(account::name.slot()), value("Acme Ltd"));
}

TEST_F(drafting, takes_system_fields_that_a_caller_may_ask_for) {
  draft d(of_account);
  d.set(system_field::owner = id{9}).set("record_type", "partner");
  EXPECT_TRUE(d.errors().empty());
  EXPECT_EQ(*d.find(system_slot::owner), value(id{9}));
}

TEST_F(drafting, refuses_what_only_the_library_sets) {
  for (const char* name : {"id", "revision", "owner_role", "deletion_batch", "archived"}) {
    draft d(of_account);
    d.set(name, 1);
    EXPECT_EQ(only_error(d).code(), errc::validation);
    EXPECT_EQ(only_error(d).message(), "`" + std::string(name) + "` is set by the library");
    EXPECT_TRUE(d.entries().empty());
  }
  draft d(of_account);
  d.set(system_field::owner_role = id{2});
  EXPECT_EQ(only_error(d).code(), errc::validation);
  EXPECT_EQ(only_error(d).field(), "owner_role");
}

TEST_F(drafting, leaves_every_slot_to_the_pipeline) {
  draft d(of_account);
  d.set_slot(system_slot::revision, 2).set_slot(system_slot::owner_role, id{3});
  EXPECT_TRUE(d.errors().empty());
  EXPECT_EQ(d.entries().size(), 2u);
  d.set_slot(system_slot::revision, "two");
  EXPECT_EQ(only_error(d).code(), errc::parse);
}

TEST_F(drafting, records_unknown_fields_and_unfit_values) {
  draft d(of_account);
  d.set("phon", "1").set("employees", "many");
  ASSERT_EQ(d.errors().size(), 2u);
  EXPECT_EQ(d.errors()[0].code(), errc::unknown_name);
  EXPECT_EQ(d.errors()[0].message(), "no field `phon` on `account`");
  EXPECT_EQ(d.errors()[0].entity(), "account");
  EXPECT_EQ(d.errors()[0].field(), "phon");
  EXPECT_EQ(d.errors()[1].code(), errc::parse);
  EXPECT_EQ(d.errors()[1].field(), "employees");
  EXPECT_TRUE(d.entries().empty());
}

TEST_F(drafting, records_a_handle_of_another_entity) {
  draft d(of_account, {deal::name = "Big"});
  EXPECT_EQ(only_error(d).code(), errc::misuse);
  EXPECT_EQ(only_error(d).entity(), "account");
  EXPECT_TRUE(d.entries().empty());
  draft stale(of_account, {handle<bool>(of_account.tag(), 900) = true});
  EXPECT_EQ(only_error(stale).code(), errc::misuse);
}

TEST_F(drafting, sets_the_currency_with_the_amount) {
  draft by_handle(of_deal, {deal::amount = money{{1250, 2}, currency("EUR")}});
  EXPECT_EQ(*by_handle.find(of_deal.currency_slot()), value("EUR"));
  draft by_name(of_deal);
  by_name.set("amount", money{{1250, 2}, currency("EUR")});
  EXPECT_EQ(*by_name.find(of_deal.currency_slot()), value("EUR"));
  draft bare(of_deal);
  bare.set("amount", "12.50");
  EXPECT_FALSE(bare.has(of_deal.currency_slot()));
}

TEST_F(drafting, refuses_amounts_of_two_currencies) {
  draft d(of_deal);
  d.set("currency", "USD").set(deal::amount = money{{5, 0}, currency("EUR")});
  EXPECT_EQ(only_error(d).code(), errc::mixed_currency);
  EXPECT_EQ(only_error(d).message(), "`amount` is in EUR but the record is in USD");
  EXPECT_EQ(only_error(d).field(), "amount");
  EXPECT_FALSE(d.has(deal::amount.slot()));

  draft same(of_deal, {deal::amount = money{{5, 0}, currency("EUR")},
                       deal::cost = money{{4, 0}, currency("EUR")}});
  EXPECT_TRUE(same.errors().empty());
  draft relabelled(of_deal, {deal::amount = money{{5, 0}, currency("EUR")}});
  relabelled.set("currency", "USD");
  EXPECT_EQ(only_error(relabelled).code(), errc::mixed_currency);
  EXPECT_EQ(*relabelled.find(of_deal.currency_slot()), value("EUR"));
}

TEST_F(drafting, refuses_a_currency_where_there_is_no_amount) {
  draft d(of_deal);
  d.set("discount", money{{5, 1}, currency("EUR")});
  EXPECT_EQ(only_error(d).code(), errc::type_mismatch);
  EXPECT_TRUE(d.entries().empty());
}

}  // namespace
