using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Controllers.ReplicaSets;

/// <summary>The condition <c>ReplicaFailure</c>: pods could not be created or deleted. Pure.</summary>
internal static class ReplicaFailure
{
    public const string Type = "ReplicaFailure";

    /// <summary>The status with the condition as the last try leaves it: set by a failure, removed otherwise.</summary>
    /// <param name="wasCreating">Whether the try was to create pods; else it was to delete some.</param>
    /// <param name="failure">Null when nothing failed.</param>
    public static ReplicaSetStatus Note(ReplicaSetStatus status, bool wasCreating, ApiException? failure, DateTimeOffset now)
    {
        var known = status.Conditions.FirstOrDefault(static condition => condition.Type == Type);
        if (failure is null)
        {
            return known is null ? status : status with { Conditions = [.. status.Conditions.Where(static condition => condition.Type != Type)] };
        }

        if (known is not null)
        {
            return status; // As upstream: the first failure stays until one try succeeds, so that the status does not flap with the message.
        }

        var condition = new ReplicaSetCondition
        {
            Type = Type,
            Status = "True",
            Reason = wasCreating ? "FailedCreate" : "FailedDelete",
            Message = failure.Message,
            LastTransitionTime = KubeTime.Truncate(now),
        };
        return status with { Conditions = [.. status.Conditions, condition] };
    }
}
