// No exception crosses the C interface, whatever throws on the other side of it.
#include "barrier.hpp"
#include "shop.hpp"

#include <new>
#include <stdexcept>

namespace {

using namespace shop;
using guanxi::capi::barrier;

TEST(capi_barrier, turns_what_is_thrown_into_a_code_and_an_error) {
  fault f;
  EXPECT_EQ(barrier(f.out(), [] {}), GUANXI_OK);
  EXPECT_EQ(f.get(), nullptr);
  EXPECT_EQ(barrier(f.out(), [] {
    throw guanxi::failure(
        guanxi::error(guanxi::errc::conflict, "moved on").in_entity("account").of_record(7));
  }), GUANXI_CONFLICT);
  EXPECT_EQ(f.message(), "moved on");
  EXPECT_STREQ(guanxi_error_entity(f.get(), nullptr), "account");
  EXPECT_EQ(guanxi_error_record(f.get()), 7);
  EXPECT_EQ(barrier(f.out(), [] { throw std::bad_alloc(); }), GUANXI_OUT_OF_MEMORY);
  EXPECT_EQ(barrier(f.out(), [] { throw std::runtime_error("surprise"); }), GUANXI_INTERNAL);
  EXPECT_NE(f.message().find("`surprise`"), std::string::npos);
  EXPECT_EQ(barrier(f.out(), [] { throw 42; }), GUANXI_INTERNAL);
  EXPECT_EQ(guanxi_error_code(f.get()), GUANXI_INTERNAL);
}

TEST(capi_barrier, nobody_needs_to_take_the_error) {
  EXPECT_EQ(barrier(nullptr, [] { throw std::runtime_error("surprise"); }), GUANXI_INTERNAL);
  EXPECT_EQ(guanxi_begin(nullptr, nullptr), GUANXI_INVALID_ARGUMENT);
}

TEST(capi_barrier, clears_the_error_of_a_call_that_went_well) {
  guanxi_error* err = reinterpret_cast<guanxi_error*>(&err);  // what it held is not looked at
  guanxi_parameters* p = nullptr;
  ASSERT_EQ(guanxi_parameters_create(&p, &err), GUANXI_OK);
  EXPECT_EQ(err, nullptr);
  guanxi_parameters_release(p);
}

TEST(capi_barrier, a_clock_that_throws_stops_at_the_call) {
  store s;
  const draft d = new_draft(s.li.get(), "account");
  set(d, "name", "Acme");
  s.clock_throws = true;
  fault f;
  guanxi_record* out = nullptr;
  EXPECT_EQ(guanxi_create(s.li.get(), d.get(), nullptr, &out, f.out()), GUANXI_INTERNAL);
  EXPECT_EQ(out, nullptr);
  EXPECT_NE(f.message().find("`the clock is broken`"), std::string::npos) << f.message();
  s.clock_throws = false;
  EXPECT_EQ(s.count("account"), 0);
  EXPECT_EQ(text_of(create(s.li.get(), d), "name"), "Acme") << "the session is usable after it";
}

TEST(capi_barrier, a_clock_that_throws_undoes_its_call_alone_within_a_transaction) {
  store s;
  const draft d = new_draft(s.li.get(), "account");
  set(d, "name", "Acme");
  fault f;
  ASSERT_EQ(guanxi_begin(s.li.get(), f.out()), GUANXI_OK);
  create(s.li.get(), d);
  s.clock_throws = true;
  EXPECT_EQ(guanxi_create(s.li.get(), d.get(), nullptr, nullptr, f.out()), GUANXI_INTERNAL);
  s.clock_throws = false;
  create(s.li.get(), d);
  ASSERT_EQ(guanxi_commit(s.li.get(), f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(s.count("account"), 2);
}

TEST(capi_barrier, a_clock_that_throws_opens_no_store) {
  fault f;
  guanxi_environment* made = nullptr;
  ASSERT_EQ(guanxi_environment_create(&made, f.out()), GUANXI_OK);
  const environment world(made);
  ASSERT_EQ(guanxi_environment_set_clock(
                made, [](void*) -> std::int64_t { throw std::runtime_error("no time"); }, nullptr,
                nullptr, f.out()), GUANXI_OK);
  guanxi_tenant* crm = nullptr;
  EXPECT_EQ(guanxi_open(made, ":memory:", nts, nullptr, &crm, f.out()), GUANXI_INTERNAL);
  EXPECT_EQ(crm, nullptr);
}

TEST(capi_barrier, a_release_that_throws_is_swallowed) {
  fault f;
  guanxi_environment* world = nullptr;
  ASSERT_EQ(guanxi_environment_create(&world, f.out()), GUANXI_OK);
  ASSERT_EQ(guanxi_environment_set_clock(
                world, [](void*) { return store::now; }, nullptr,
                [](void*) { throw std::runtime_error("no"); }, f.out()), GUANXI_OK);
  guanxi_environment_release(world);
}

TEST(capi_barrier, a_progress_callback_that_throws_fills_nothing) {
  const store s;
  fault f;
  const auto throwing = [](void*, std::uint64_t, std::uint64_t) -> std::int32_t {
    throw std::runtime_error("enough");
  };
  guanxi_buffer* summary = nullptr;
  EXPECT_EQ(guanxi_generate_sample(s.system.get(), nullptr, throwing, nullptr, &summary, f.out()),
            GUANXI_INTERNAL) << f.message();
  EXPECT_EQ(summary, nullptr);
  EXPECT_EQ(s.count("opportunity"), 0);
}

}  // namespace
