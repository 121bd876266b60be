// What the sample's deals stand on: people, permissions, stages, products, accounts and contacts.
#pragma once

#include "names.hpp"
#include "writer.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace guanxi::edge::sample {

struct agent {
  id user;
  std::uint8_t region = 0;
  std::int64_t weight = 0;      ///< how much of the business is the agent's
  std::int64_t skill = 0;       ///< per mille on the chance to win
  std::vector<std::uint32_t> accounts;
};

/// The currency that a customer pays in: the position in company::currencies.
using purse = std::uint8_t;

/// What later deals need to know of an account; there may be half a million of them.
struct customer {
  id account;
  std::uint32_t number = 0;         ///< its name follows from this and the words below
  std::uint32_t agent = 0;
  std::uint32_t first_contact = 0;  ///< in company::contacts
  std::uint8_t contacts = 0, industry = 0, city = 0, ending = 0;
  purse pays_in = 0;
  bool chinese = false;
};

struct stock_item {
  id product;
  std::int64_t price = 0;  ///< hundredths of its currency
};

struct currency_use {
  guanxi::currency code;
  std::vector<stock_item> stock;  ///< parallel to products
};

struct sales_process {
  std::vector<id> open;
  id won, lost;
};

struct company_state {
  std::vector<agent> agents;
  std::vector<id> service;
  std::vector<currency_use> currencies;
  sales_process standard, renewal;
  std::vector<customer> customers;
  std::vector<id> contacts;
};

struct company_size {
  std::int64_t opportunities = 0, agents = 0, service = 0, accounts = 0;
  sample_staff staff;  ///< users 0: what the agents need
  static company_size of(std::int64_t opportunities, const sample_staff& staff) noexcept;
  /// The size whose records are as many as asked for, or as near as can be.
  static company_size of_records(std::int64_t records, const sample_staff& staff) noexcept;
  /// About how many records there will be, stage visits among them.
  std::int64_t records() const noexcept;
};

company company_of(const customer& c, const company_state& state);

/// Roles, users, permission sets and sharing defaults.
void found(writer& into, random& by, const company_size& size, company_state& out);
/// Pipelines, stages and products.
void stock_up(writer& into, company_state& out);
/// Accounts and contacts; asks now and then whether to go on, and says whether it did.
bool find_customers(writer& into, random& by, const company_size& size, date today,
                    const std::function<bool()>& go_on, company_state& out);

}  // namespace guanxi::edge::sample
