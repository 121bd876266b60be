// What actions and timers see, and how their steps are taken.
#pragma once

#include "guanxi/query/relatives.hpp"
#include "state.hpp"

#include <functional>
#include <string>
#include <unordered_map>

namespace guanxi {

/// Everything about one call of an action or timer that its sight needs.
class acting final : public work::sight {
 public:
  using reader = std::function<result<rows>(std::string_view text, const policy::grants& as,
                                            const std::vector<expr::parameter_value>& with)>;
  using finder = std::function<result<record>(const policy::grant& g, id key)>;
  /// Runs what rules of permission ask of other records.
  using runner = query::loaded_relatives::runner;
  acting(const policy::grants& mine, const policy::grants& all, const expr::moment& when,
         reader read, finder find, runner run)
      : mine_(mine),
        all_(all),
        when_(when),
        read_(std::move(read)),
        find_(std::move(find)),
        run_(std::move(run)) {}

  const schema::catalog_ptr& catalog() const override { return mine_.catalog(); }
  instant now() const override { return when_.now; }
  const guanxi::calendar& days() const override { return *when_.calendar; }
  const policy::principal& who() const override { return mine_.who(); }

  result<rows> query(std::string_view text,
                     const std::vector<expr::parameter_value>& with) override {
    return read_(text, mine_, with);
  }
  result<rows> query_all(std::string_view text,
                         const std::vector<expr::parameter_value>& with) override {
    return read_(text, all_, with);
  }
  result<record> get(std::string_view entity, id key) override;
  result<record> get_all(std::string_view entity, id key) override;
  result<void> need(policy::action what, std::string_view entity, id key) override;
  bool may(policy::action what, std::string_view entity) const override;
  bool sees(const schema::field& f) const override { return mine_.sees(f); }
  bool edits(const schema::field& f) const override {
    const policy::grant& g = mine_.of(*f.of);
    return (g.may_edit || g.may_create) && g.edits(f.slot);
  }

 private:
  const policy::grants& mine_;
  const policy::grants& all_;
  const expr::moment& when_;
  reader read_;
  finder find_;
  runner run_;
};

/// The acting user, with all rights: what an action does by its own authority is still done by him.
policy::principal by_authority(const policy::principal& who, const std::string& action);

/// Takes the steps of an outcome, in their order.
class taking {
 public:
  taking(work::pipeline& in, const policy::grants& mine, const policy::grants& all,
         work::write_options how)
      : in_(in), mine_(mine), all_(all), how_(std::move(how)) {}

  result<void> all(const work::outcome& of);
  /// The record of a step: what it names, or what it has created.
  id made(const work::outcome::step& s) const;

 private:
  result<void> take(const work::outcome::step& s);
  result<void> write(const work::outcome::step& s, const policy::grants& as);
  error fit_to_tell(error why) const;
  work::pipeline& in_;
  const policy::grants& mine_;
  const policy::grants& all_;
  work::write_options how_;
  std::unordered_map<const work::outcome::step*, id> ids_;
};

/// Errors of drafts that were filled wrongly, before anything is written.
result<void> well_made(const work::outcome& of);

}  // namespace guanxi
