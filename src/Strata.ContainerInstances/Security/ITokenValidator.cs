namespace Strata.ContainerInstances.Security;

/// <summary>Decides who a bearer token stands for. Called for every request, so it must be quick; thread-safe.</summary>
public interface ITokenValidator
{
    /// <returns>The caller's name, or null when the token is not (or no longer) good.</returns>
    ValueTask<string?> ValidateAsync(string token, CancellationToken cancellationToken);
}
