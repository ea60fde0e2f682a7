export default function HomePage() {
  return (
    <main>
      <h1>Eyepiece</h1>
    </main>
  );
}
