namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>What became of the wish for one address or port.</summary>
internal enum AllocationOutcome
{
    Taken,
    InUse,
    OutOfRange,
}
