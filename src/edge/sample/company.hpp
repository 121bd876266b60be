// What the sample's deals stand on: people, permissions, stages, products, accounts and contacts.
#pragma once

#include "names.hpp"
#include "writer.hpp"

#include <cstdint>
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

struct customer {
  id account;
  std::string name;
  std::uint32_t agent = 0;
  std::uint32_t first_contact = 0;  ///< in company::contacts
  std::uint8_t contacts = 0, industry = 0;
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
  std::int64_t agents = 0, service = 0, accounts = 0;
  static company_size of(std::int64_t opportunities) noexcept;
};

/// Roles, users, permission sets and sharing defaults.
void found(writer& into, random& by, const company_size& size, company_state& out);
/// Pipelines, stages and products.
void stock_up(writer& into, company_state& out);
/// Accounts and contacts.
void find_customers(writer& into, random& by, const company_size& size, date today,
                    company_state& out);

}  // namespace guanxi::edge::sample
