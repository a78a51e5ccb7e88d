namespace Strata.Arm;

/// <summary>ARM's error envelope.</summary>
public sealed record ArmErrorResponse
{
    public ArmError? Error { get; set; }
}
