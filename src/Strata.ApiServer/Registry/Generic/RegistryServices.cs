using Microsoft.Extensions.Logging;
using Strata.ApiServer.Admission;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>What every kind's registry works with.</summary>
internal sealed record RegistryServices(IRevisionedStore Store, AdmissionChain Admission, IdentitySource Identities, TimeProvider Clock, ILoggerFactory Loggers);
