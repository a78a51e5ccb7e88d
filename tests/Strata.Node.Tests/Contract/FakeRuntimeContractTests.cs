using Strata.Pods.Runtime;
using Strata.Testing.Runtime;

namespace Strata.NodeAgent.Tests.Contract;

public sealed class FakeRuntimeContractTests : ContainerRuntimeContract, IDisposable
{
    private readonly FakeContainerRuntime _runtime = new(TimeProvider.System);

    public FakeRuntimeContractTests() => _runtime.AddImage(Given.Image);

    protected override IContainerRuntime Runtime => _runtime;

    protected override string LogRoot { get; } = Directory.CreateTempSubdirectory("strata-contract-").FullName;

    public void Dispose() => Directory.Delete(LogRoot, recursive: true);
}
