// The migrations of this folder, embedded by the build.
#ifndef COMITY_GATEWAY_GATEWAY_MIGRATIONS_H_
#define COMITY_GATEWAY_GATEWAY_MIGRATIONS_H_

#include <vector>

#include "services/runtime/storage/migrations.h"

namespace comity::gateway {

std::vector<storage::Migration> GatewayMigrations();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_GATEWAY_MIGRATIONS_H_
