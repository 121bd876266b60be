// The conformance kit through C: nothing found in right functions, and faulty ones named.
#include "shop.hpp"

#include "support/c_store.hpp"

#include <vector>

namespace {

using namespace shop;
using guanxi::test::c_offer;
using guanxi::test::c_shelf;
using faults_found = owner<guanxi_store_faults, guanxi_store_faults_release>;

/// Keeps what one store after another left, as a file would.
struct cellar {
  c_shelf kept;
  bool transactions = true;
};

std::int32_t make(void* user, std::int32_t again, void** self) {
  auto& in = *static_cast<cellar*>(user);
  if (again == 0) in.kept = c_shelf();
  else if (in.transactions) in.kept.back_to(0);  // what was not committed
  *self = &in.kept;
  return GUANXI_OK;
}

struct checked {
  std::int32_t code;
  faults_found found;
};

checked check(const guanxi_store& functions, cellar& in, fault& f, std::uint64_t operations = 600,
              guanxi_progress_callback progress = nullptr, void* user = nullptr) {
  guanxi_store_check_options how = {};
  how.struct_size = sizeof how;
  how.seed = 5;
  how.operations = operations;
  how.make = make;
  how.make_user = &in;
  guanxi_store_faults* out = nullptr;
  const std::int32_t code =
      guanxi_store_check(&functions, nullptr, &how, progress, user, &out, f.out());
  return {code, faults_found(out)};
}

guanxi_store_fault nth(const faults_found& of, std::int32_t index) {
  return told<guanxi_store_fault>(guanxi_store_faults_get, of.get(), index);
}

class capi_store_check : public testing::TestWithParam<c_offer> {};
INSTANTIATE_TEST_SUITE_P(on, capi_store_check,
                         testing::Values(c_offer::plain, c_offer::transactions, c_offer::all,
                                         c_offer::plans));

TEST_P(capi_store_check, finds_nothing_wrong_with_a_right_store) {
  cellar in;
  in.transactions = GetParam() != c_offer::plain;
  fault f;
  const checked done = check(c_shelf::functions(GetParam()), in, f);
  ASSERT_EQ(done.code, GUANXI_OK) << f.message();
  for (std::int32_t i = 0; i < guanxi_store_faults_count(done.found.get()); ++i)
    ADD_FAILURE() << nth(done.found, i).text << "\n" << nth(done.found, i).steps;
  const std::string skipped = guanxi_store_faults_skipped(done.found.get(), nullptr);
  EXPECT_EQ(skipped.find("transactions") != std::string::npos, GetParam() == c_offer::plain);
  EXPECT_EQ(skipped.find("plan and execute") == std::string::npos, GetParam() == c_offer::plans);
}

const guanxi_store right = c_shelf::functions(c_offer::all);

struct planted {
  const char* function;
  void (*spoil)(guanxi_store&);
};

const planted all[] = {
    {"get", [](guanxi_store& s) {
       s.get = [](void*, const guanxi_table*, std::int64_t, guanxi_answer*) {
         return std::int32_t{GUANXI_OK};
       };
     }},
    {"get", [](guanxi_store& s) {
       s.get = [](void* self, const guanxi_table* t, std::int64_t id, guanxi_answer* a) {
         const std::int32_t code = right.get(self, t, id, a);
         return code == GUANXI_OK && id == 2 ? std::int32_t{GUANXI_NOT_FOUND} : code;
       };
     }},
    {"put", [](guanxi_store& s) {
       s.put = [](void* self, const guanxi_table* t, const guanxi_value* const* row,
                  std::size_t count, std::int64_t expected, guanxi_answer* a) {
         std::vector<guanxi_value> copy;
         for (std::size_t i = 0; i < count; ++i) {
           copy.push_back(*row[i]);
           if (copy[i].type == GUANXI_TYPE_DECIMAL) copy[i].scale = 2;
         }
         std::vector<const guanxi_value*> pointers;
         for (const guanxi_value& v : copy) pointers.push_back(&v);
         return right.put(self, t, pointers.data(), count, expected, a);
       };
     }},
    {"put", [](guanxi_store& s) {
       s.put = [](void* self, const guanxi_table* t, const guanxi_value* const* row,
                  std::size_t count, std::int64_t, guanxi_answer* a) {
         const auto& kept = *static_cast<c_shelf*>(self);
         const auto* at = kept.find(guanxi_table_name(t, nullptr), row[0]->integer);
         const std::int64_t expected =
             !at ? 0 : (*at)[1].type == GUANXI_TYPE_NULL ? 1 : (*at)[1].integer;
         return right.put(self, t, row, count, expected, a);
       };
     }},
    {"erase", [](guanxi_store& s) {
       s.erase = [](void* self, const guanxi_table* t, std::int64_t id, guanxi_answer* a) {
         return right.erase(self, t, id + 1, a);
       };
     }},
    {"scan", [](guanxi_store& s) {
       s.scan = [](void* self, const guanxi_table* t, std::int64_t after, std::uint64_t most,
                   guanxi_answer* a) {
         const std::int32_t code = right.scan(self, t, after, 1, a);
         return code == GUANXI_OK ? right.scan(self, t, after, most, a) : code;
       };
     }},
    {"scan", [](guanxi_store& s) {
       s.scan = [](void* self, const guanxi_table* t, std::int64_t after, std::uint64_t most,
                   guanxi_answer* a) { return right.scan(self, t, after / 2 * 2, most, a); };
     }},
    {"commit", [](guanxi_store& s) { s.commit = right.rollback; }},
    {"rollback", [](guanxi_store& s) { s.rollback = right.commit; }},
    {"undo", [](guanxi_store& s) { s.undo = right.keep; }},
    {"migrate", [](guanxi_store& s) {
       s.migrate = [](void* self, const guanxi_table* t, std::int32_t slot, guanxi_answer* a) {
         return right.migrate(self, t, slot < 0 ? slot : slot - 1, a);
       };
     }},
    {"write_batch", [](guanxi_store& s) {
       s.write_batch = [](void*, const guanxi_table*, ArrowArrayStream* rows, guanxi_answer*) {
         rows->release(rows);
         return std::int32_t{GUANXI_OK};
       };
     }},
};

TEST(capi_store_check_faults, are_found_and_named) {
  for (std::size_t i = 0; i < std::size(all); ++i) {
    guanxi_store functions = right;
    all[i].spoil(functions);
    cellar in;
    fault f;
    const checked done = check(functions, in, f, 60);
    ASSERT_EQ(done.code, GUANXI_OK) << f.message();
    ASSERT_GT(guanxi_store_faults_count(done.found.get()), 0) << i;
    const guanxi_store_fault first = nth(done.found, 0);
    EXPECT_STREQ(first.function, all[i].function) << i << ": " << first.text << "\n" << first.steps;
    EXPECT_NE(std::string(first.text).find("look at `"), std::string::npos);
    EXPECT_GT(first.steps_length, 0u);
  }
}

TEST(capi_store_check_calls, check_the_one_store_that_they_are_given) {
  c_shelf kept;
  fault f;
  guanxi_store_faults* out = nullptr;
  guanxi_store_check_options how = {};
  how.struct_size = sizeof how;
  how.operations = 120;
  ASSERT_EQ(guanxi_store_check(&right, &kept, &how, nullptr, nullptr, &out, f.out()), GUANXI_OK)
      << f.message();
  const faults_found done(out);
  EXPECT_EQ(guanxi_store_faults_count(out), 0);
  EXPECT_NE(std::string(guanxi_store_faults_skipped(out, nullptr)).find("opening again"),
            std::string::npos);
}

TEST(capi_store_check_calls, tell_how_far_they_are_and_can_be_stopped) {
  cellar in;
  fault f;
  int told_of = 0;
  const auto three = [](void* user, std::uint64_t, std::uint64_t) {
    return std::int32_t{++*static_cast<int*>(user) == 3};
  };
  EXPECT_EQ(check(right, in, f, 600, three, &told_of).code, GUANXI_INTERRUPTED);
  EXPECT_EQ(told_of, 3);
}

}  // namespace
