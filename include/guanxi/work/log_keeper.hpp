// What is written beside the log: where its readers have got to, and what is no longer kept.
//
//   log_keeper keep(pipeline);
//   keep.put(cursor).value();
//   keep.prune(4711, 1000).value();     // entries erased; 0: none is left up to there
//
// It writes in the pipeline's transaction and commits nothing.
// Thread rule: that of its pipeline.
#pragma once

#include "guanxi/work/change_log.hpp"

namespace guanxi::work {

class log_keeper {
 public:
  explicit log_keeper(pipeline& in) : in_(in) {}

  /// Stores a cursor; a new one (key 0) gets its key.
  result<void> put(cursor& c);
  result<void> drop(id key);
  /// Erases the oldest entries up to a sequence, at most so many, and notes how far that went.
  result<std::size_t> prune(std::int64_t up_to, std::size_t at_most);

 private:
  pipeline& in_;
};

}  // namespace guanxi::work
