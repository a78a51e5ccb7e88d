using Strata.Hosting.Logging;

namespace Strata.Host.Clusters;

/// <param name="IsVerbose">Whether details are logged.</param>
internal sealed record LogSettings(bool IsVerbose, LogFormat Format);
