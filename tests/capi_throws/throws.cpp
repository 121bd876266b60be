// No exception crosses the C interface, whichever export it is thrown in. The exports of this
// program are those of the library, compiled anew with a throw at the head of each; the table of
// them is generated, so that a new one is in it.
#include "throw_on_entry.hpp"

#include "capi/every_export.hpp"

#include "guanxi/base/result.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <stdexcept>

namespace {

std::function<void()> thrower;
int entered = 0;

struct thrown {
  const char* what;
  std::function<void()> thrower;
  std::int32_t code;
};

const thrown kinds[] = {
    {"a failure of the library",
     [] { throw guanxi::failure(guanxi::error(guanxi::errc::conflict, "moved on")); },
     GUANXI_CONFLICT},
    {"want of memory", [] { throw std::bad_alloc(); }, GUANXI_OUT_OF_MEMORY},
    {"an exception", [] { throw std::runtime_error("surprise"); }, GUANXI_INTERNAL},
    {"a number", [] { throw 42; }, GUANXI_INTERNAL},
};

}  // namespace

void guanxi::capi::throw_on_entry() {
  ++entered;
  if (thrower) thrower();
}

namespace {

TEST(capi_throws, become_an_error_object_in_every_call_that_can_fail) {
  int tried = 0;
  for (const thrown& kind : kinds)
    for (const every_export::exported& one : every_export::all) {
      if (!one.fails) continue;
      thrower = nullptr;
      guanxi_error* err = nullptr;
      entered = 0;
      thrower = kind.thrower;
      EXPECT_EQ(one.fails(&err), kind.code) << one.name << " throws " << kind.what;
      EXPECT_EQ(entered, 1) << one.name << " has no barrier";
      thrower = nullptr;
      EXPECT_EQ(guanxi_error_code(err), kind.code) << one.name << " throws " << kind.what;
      EXPECT_STRNE(guanxi_error_message(err, nullptr), "") << one.name;
      guanxi_error_release(err);
      ++tried;
    }
  EXPECT_GT(tried, 4 * 70);
}

TEST(capi_throws, need_nobody_to_take_the_error) {
  for (const every_export::exported& one : every_export::all) {
    if (!one.fails) continue;
    thrower = kinds[2].thrower;
    EXPECT_EQ(one.fails(nullptr), GUANXI_INTERNAL) << one.name;
    thrower = nullptr;
  }
}

TEST(capi_throws, become_nothing_in_every_call_that_cannot_fail) {
  for (const thrown& kind : kinds)
    for (const every_export::exported& one : every_export::all) {
      if (!one.gives_nothing) continue;
      entered = 0;
      thrower = kind.thrower;
      EXPECT_TRUE(one.gives_nothing()) << one.name << " throws " << kind.what;
      thrower = nullptr;
      EXPECT_EQ(entered, 1) << one.name << " has no shelter";
    }
}

TEST(capi_throws, the_exports_of_this_program_are_those_that_throw) {
  entered = 0;
  EXPECT_STREQ(guanxi_code_name(GUANXI_NOT_FOUND), "not_found");
  EXPECT_EQ(entered, 1);
}

}  // namespace
