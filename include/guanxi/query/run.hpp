// The core's own engine: runs what a store does not.
//
//   engine e(plan, residue, options);   source.each([&](values) { return e.take(values); });
//   rows out = e.finish().value();
//
// Thread rule: one thread.
#pragma once

#include "guanxi/query/arrange.hpp"
#include "guanxi/query/split.hpp"

#include <functional>

namespace guanxi::query {

/// Takes a row of path values, in path order; false: enough.
using row_sink = std::function<result<bool>(std::span<const value>)>;

/// What the engine needs of a store that runs no plans.
class record_source {
 public:
  virtual ~record_source() = default;
  /// Every record of an entity of this standing by ascending id, until the visitor answers false.
  virtual result<void> scan(const schema::entity& of, standing which,
                            const std::function<result<bool>(const schema::record&)>& visit) = 0;
  /// A live record, or an empty one.
  virtual result<schema::record> get(const schema::entity& of, id key) = 0;
};

/// Scan and parent look-ups for a store that runs no plans: gives a value per path, with the guards
/// of the trimmed plan applied to the root and to each parent.
result<void> gather(const trimmed_plan& p, record_source& from, const bounds& within,
                    const row_sink& sink);

class engine {
 public:
  engine(const plan& p, residue left, bounds within);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// One row of path values. False: no further row can matter.
  result<bool> take(std::span<const value> paths);
  result<rows> finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/run-inl.hpp"
#endif
