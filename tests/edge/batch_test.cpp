#include "guanxi/edge/batch.hpp"

#include "import_fixture.hpp"

#include <stdexcept>

namespace guanxi::edge {
namespace {

class batch : public import_fixture {
 protected:
  schema::draft named(const char* name) {
    schema::draft d = admin_.draft("account").value();
    d.set("name", name);
    return d;
  }
  std::int64_t count() {
    return admin_.query("select count() from account").value().at(0, 0).as_integer();
  }
};

TEST_F(batch, makes_and_changes_in_the_order_of_its_rows) {
  const schema::draft first = named("Alder"), second = named("Birch"), third = named("Cedar");
  const id known = admin_.create(first).value().key();
  const put_row rows[] = {{{}, &second}, {known, &third}, {{}, &second}};
  const std::vector<id> keys = put_many(admin_, rows, {"catch-up"}).value();
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[1], known);
  EXPECT_EQ(count(), 3);
  const id asked[] = {keys[2], known, id{987'654}, keys[0]};
  const auto found = get_many(admin_, "account", asked).value();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0]->find("name").value().as_text(), "Birch");
  EXPECT_EQ(found[1]->find("name").value().as_text(), "Cedar");
  EXPECT_FALSE(found[2]);
  EXPECT_EQ(found[3]->key(), keys[0]);
  EXPECT_EQ(admin_.history("account", known).value().back().cause, "catch-up");
}

TEST_F(batch, writes_all_or_nothing_and_names_the_row) {
  const schema::draft good = named("Alder"), bad = admin_.draft("account").value();
  const put_row rows[] = {{{}, &good}, {{}, &good}, {{}, &bad}};
  const auto refused = put_many(admin_, rows);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errc::validation);
  EXPECT_EQ(refused.error().line(), 3);
  EXPECT_EQ(count(), 0);
  EXPECT_FALSE(admin_.in_transaction());
  const put_row empty[] = {{}};
  EXPECT_EQ(put_many(admin_, empty).error().code(), errc::invalid_argument);
}

TEST_F(batch, joins_an_open_transaction_and_undoes_itself_only) {
  const schema::draft good = named("Alder"), bad = admin_.draft("account").value();
  const put_row rows[] = {{{}, &good}}, failing[] = {{{}, &good}, {{}, &bad}};
  ASSERT_TRUE(admin_.begin());
  ASSERT_TRUE(put_many(admin_, rows));
  EXPECT_EQ(put_many(admin_, failing).error().line(), 2);
  EXPECT_TRUE(admin_.in_transaction()) << "the open one goes on";
  EXPECT_EQ(count(), 1);
  ASSERT_TRUE(admin_.commit());
  EXPECT_EQ(count(), 1);
}

TEST_F(batch, deletes_all_or_nothing) {
  const schema::draft d = named("Alder");
  const put_row rows[] = {{{}, &d}, {{}, &d}, {{}, &d}};
  const std::vector<id> keys = put_many(admin_, rows).value();
  const id with_unknown[] = {keys[0], id{987'654}};
  const auto refused = remove_many(admin_, "account", with_unknown);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errc::not_found);
  EXPECT_EQ(refused.error().line(), 2);
  EXPECT_EQ(count(), 3);
  ASSERT_TRUE(remove_many(admin_, "account", std::span(keys).first(2), {"clean-up"}));
  EXPECT_EQ(count(), 1);
}

TEST_F(batch, that_is_cancelled_writes_nothing) {
  const schema::draft good = named("Alder");
  const std::vector<put_row> rows(250, {{}, &good});
  std::vector<std::uint64_t> told;
  const auto until_200 = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 250U);
    told.push_back(done);
    return done < 200;
  };
  EXPECT_EQ(put_many(admin_, rows, {{}, until_200}).error().code(), errc::interrupted);
  EXPECT_EQ(told, (std::vector<std::uint64_t>{0, 100, 200}));
  EXPECT_EQ(count(), 0);
  const auto throwing = [](std::uint64_t, std::uint64_t) -> bool {
    throw std::runtime_error("no");
  };
  EXPECT_THROW(static_cast<void>(put_many(admin_, rows, {{}, throwing})), std::runtime_error);
  EXPECT_FALSE(admin_.in_transaction());
  EXPECT_EQ(count(), 0);
}

TEST_F(batch, of_an_entity_that_is_not_there_is_refused) {
  const id none[] = {id{1}};
  EXPECT_EQ(get_many(admin_, "acount", none).error().code(), errc::unknown_name);
  EXPECT_EQ(get_many(admin_, "acount", {}).error().code(), errc::unknown_name);
}

}  // namespace
}  // namespace guanxi::edge
