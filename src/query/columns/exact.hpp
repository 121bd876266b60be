// The path that is always right: records read one by one for gather() and the engine.
//
//   result<rows> r = exact_answer(plan, source, within);
//
// It sets the meaning of every other path: where one of those meets an error it gives up, and this
// one says which error it is. Thread rule: as columns::answer.
#pragma once

#include "run.hpp"

namespace guanxi::query::columns {

result<rows> exact_answer(const trimmed_plan& p, source& from, const bounds& within);

}  // namespace guanxi::query::columns
