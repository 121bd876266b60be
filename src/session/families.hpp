// Queries that select children: their parents are read first, then the children of all of them at
// once, and each gets its own.
//
//   family_reader reader(grants, run, within);   rows r = reader.answer(s, root, given).value();
//
// Thread rule: one thread.
#pragma once

#include "guanxi/query/batch.hpp"
#include "guanxi/query/bounds.hpp"
#include "guanxi/query/family.hpp"

#include <functional>

namespace guanxi {

class family_reader {
 public:
  using parameters = std::vector<expr::parameter_value>;
  /// Runs a statement that selects no children, all of one moment.
  using runner = std::function<result<query::rows>(const query::statement&, const parameters&)>;

  family_reader(const policy::grants& mine, runner run, const query::bounds& within)
      : mine_(mine), run_(std::move(run)), within_(within) {}

  result<query::rows> answer(const query::statement& s, const schema::entity& root,
                             const parameters& given) const;
  /// Puts the children into the answer of their parents.
  result<void> fill(query::rows& parents, const query::family& f, const schema::entity& root,
                    const parameters& given) const;

 private:
  using rows = query::rows;
  const policy::grants& mine_;
  runner run_;
  const query::bounds& within_;

  result<void> fill(rows& parents, const query::branch& b, const schema::entity& root,
                    const parameters& given) const;
  /// `own`: by parent, its rows among those found. They give the bytes of what they put.
  result<std::size_t> put_figures(rows& parents, const query::branch& b, const schema::entity& of,
                                  const rows& found,
                                  const std::vector<std::vector<std::size_t>>& own,
                                  const parameters& given) const;
  result<std::size_t> put_lists(rows& parents, const query::branch& b, const rows& found,
                                std::size_t key,
                                const std::vector<std::vector<std::size_t>>& own) const;
};

}  // namespace guanxi
