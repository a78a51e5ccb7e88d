namespace Strata.Arm;

/// <summary>The body of ARM's error envelope, <c>{"error":{…}}</c>.</summary>
public sealed record ArmError
{
    public ArmError()
    {
    }

    public ArmError(string code, string message, string? target = null)
    {
        Code = code;
        Message = message;
        Target = target;
    }

    public string Code { get; set; } = "";

    public string Message { get; set; } = "";

    /// <summary>The member of the request the error is about, for example <c>properties.containers[0].properties.image</c>.</summary>
    public string? Target { get; set; }

    public IReadOnlyList<ArmError>? Details { get; set; }

    /// <summary>One error as it stands; several as the details of one, since a caller wants to hear of every problem at once.</summary>
    public static ArmError Combine(IReadOnlyList<ArmError> problems)
    {
        ArgumentOutOfRangeException.ThrowIfZero(problems.Count);
        return problems.Count == 1
            ? problems[0]
            : new ArmError(problems[0].Code, string.Join(" ", problems.Select(p => p.Message)), problems[0].Target) { Details = problems };
    }
}

