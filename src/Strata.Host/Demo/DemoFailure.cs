namespace Strata.Host.Demo;

/// <summary>A step of the demo did not show what it should.</summary>
internal sealed class DemoFailure(string message) : Exception(message);
