using System.Security.Cryptography;
using System.Text;

namespace Strata.ContainerInstances.Security;

/// <summary>Tokens from a file: one a line, optionally followed by a blank and the caller's name. The file is read once.</summary>
public sealed class StaticTokenValidator : ITokenValidator
{
    private readonly List<(byte[] Hash, string Name)> _tokens;

    private StaticTokenValidator(List<(byte[] Hash, string Name)> tokens) => _tokens = tokens;

    public static StaticTokenValidator FromFile(string path) => FromLines(File.ReadAllLines(path));

    public static StaticTokenValidator FromLines(IEnumerable<string> lines)
    {
        var tokens = lines.Select(l => l.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(p => p.Length > 0 && !p[0].StartsWith('#'))
            .Select(p => (Hash(p[0]), p.Length > 1 ? p[1] : "admin")).ToList();
        return tokens.Count > 0 ? new StaticTokenValidator(tokens) : throw new InvalidOperationException("The token file holds no token: nobody could call the service.");
    }

    public ValueTask<string?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var hash = Hash(token);
        string? name = null;
        foreach (var known in _tokens)
        {
            // Every token is compared, in constant time, so that the answer's delay tells nothing.
            name = CryptographicOperations.FixedTimeEquals(known.Hash, hash) ? known.Name : name;
        }

        return ValueTask.FromResult(name);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
