namespace Strata.VirtualNode.Providers;

/// <summary>Sorts of provider failures.</summary>
public enum FailureKind
{
    /// <summary>Whatever is none of the others.</summary>
    Other,

    /// <summary>The provider could not be reached.</summary>
    Unreachable,

    /// <summary>No room or no quota now; the same pod may fit later.</summary>
    Capacity,

    /// <summary>The provider has judged the pod itself: the same pod gets the same answer.</summary>
    Refused,
}
