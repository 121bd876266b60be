// Everything a host needs, in one include.
//
//   #include <guanxi/guanxi.hpp>
#pragma once

#include "guanxi/crm/currencies.hpp"
#include "guanxi/crm/customers.hpp"
#include "guanxi/crm/organisation.hpp"
#include "guanxi/crm/sales.hpp"
#include "guanxi/crm/service.hpp"
#include "guanxi/session/session.hpp"
