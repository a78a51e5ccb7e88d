using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Fuzz;

/// <summary>An object that every random change starts from.</summary>
/// <param name="Strategy">Its kind.</param>
/// <param name="Body">What it was created from.</param>
/// <param name="Collection">Path of its collection.</param>
/// <param name="Name">Its name.</param>
internal sealed record Seed(ResourceStrategy Strategy, JsonObject Body, string Collection, string Name)
{
    public string Path => $"{Collection}/{Name}";
}
