// A store of a host's own in the simplest terms: rows of values by slot, the id in slot 0. What it
// answers is checked, so that a store with a fault gives an error and not a wrong CRM.
//
//   class my_store final : public store::host { … get, put, erase, scan … };
//   tenant crm = open(std::make_unique<my_store>()).value();
//
// A store that can do more (run plans, show snapshots) implements `driver` instead.
// Transactions are an offer: without them each write stands at once, and the library says that it
// cannot undo. Savepoints are one too: without them the library undoes by writing back what was
// there. So is migrating: without it the library rewrites the rows that gain a field.
// Thread rule: the library makes one call at a time; none of them may call it in turn.
#pragma once

#include "guanxi/store/driver.hpp"
#include "guanxi/store/request.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace guanxi::store {

/// Takes one row; false: no more are wanted. An error: the row cannot be one, so give up.
using row_taker = query::row_sink;

class host {
 public:
  /// What a store offers besides get, put, erase and scan.
  struct offer {
    bool transactions = false;  ///< begin, commit, rollback
    bool savepoints = false;    ///< savepoint, keep, undo
    bool migrations = false;    ///< migrate
    bool plans = false;         ///< plan, execute
  };

  virtual ~host() = default;
  virtual std::string_view name() const noexcept = 0;
  virtual offer offers() const noexcept { return {}; }

  /// Gives the row of this id, or none.
  virtual result<void> get(const schema::entity& of, id key, const row_taker& take) = 0;
  /// Inserts (expected_revision 0) or replaces a row. errc::conflict, and nothing written, if there
  /// is a row although 0 is expected, if there is none although another is, or if the stored
  /// revision (slot 1), where it is not null, is another.
  virtual result<void> put(const schema::entity& of, std::span<const value> row,
                           std::int64_t expected_revision) = 0;
  /// Forgets a row; one that is not there is no error.
  virtual result<void> erase(const schema::entity& of, id key) = 0;
  /// Gives the rows with an id above `after`, ascending, at most `at_most`.
  virtual result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                            const row_taker& take) = 0;
  /// Inserts new rows; all of them or, after an error, any.
  virtual result<void> put_all(std::span<const schema::record> fresh) {
    for (const schema::record& r : fresh)
      if (auto ok = put(r.of(), r.slots(), 0); !ok) return ok;
    return {};
  }

  /// Makes room for a new entity, or gives every row of one a null in a new field's slot. `of` is
  /// as it will be.
  virtual result<void> migrate(const schema::entity&, const schema::step&) { return {}; }

  /// Says what of a request it would do; `said` has a verdict for each term, all unsupported, and
  /// no sort. A limit is asked for later only with exact terms and, if there is a sort, with it.
  virtual result<void> plan(const schema::entity&, const request&, plan_answer& said) {
    static_cast<void>(said);
    return {};
  }
  /// Gives the rows that a request asks for, of which it does every part.
  virtual result<void> execute(const schema::entity&, const request&, const row_taker&) {
    return unexpected(errc::unsupported, "this store finds no rows by itself");
  }

  virtual result<void> begin() { return {}; }
  /// After an error nothing of the transaction may be stored; rollback follows.
  virtual result<void> commit() { return {}; }
  virtual result<void> rollback() { return {}; }
  /// Levels nest and are numbered from 1.
  virtual result<void> savepoint(int) { return {}; }
  /// What was written since the savepoint becomes part of what is around it.
  virtual result<void> keep(int) { return {}; }
  /// Takes back what was written since the savepoint, which stays open; those above it are gone.
  virtual result<void> undo(int) { return {}; }
};

/// A driver over a host's store that believes nothing: every row is checked for its id, its order,
/// its length, and type, range and text of each value, and for what the store said to a plan; every
/// code for being one that a store may give. errc::store_corrupt or errc::store_io say what was
/// wrong, errc::misuse refuses calls that the store's own code makes on its tenant. One that is
/// read only refuses to write. Without text services nothing is asked about folded texts.
std::unique_ptr<driver> guarded(std::unique_ptr<host> own, bool read_only = false,
                                std::shared_ptr<const text_services> text = nullptr);

}  // namespace guanxi::store
