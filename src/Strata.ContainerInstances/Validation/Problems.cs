using Strata.Arm;

namespace Strata.ContainerInstances.Validation;

/// <summary>Collects every problem of one request, so that a caller corrects them all at once.</summary>
internal sealed class Problems
{
    private readonly List<ArmError> _found = [];

    public IReadOnlyList<ArmError> Found => _found;

    public void Add(string code, string target, string message) => _found.Add(new ArmError(code, message, target));

    public void Invalid(string target, string message) => Add(ErrorCodes.InvalidRequestContent, target, message);

    public void Unsupported(string target, string feature) =>
        Add(ErrorCodes.FeatureNotSupported, target, $"{feature} not supported by this container instances service. Remove '{target}' from the request.");

    public void Require(bool condition, string target, string message)
    {
        if (!condition)
        {
            Invalid(target, message);
        }
    }
}
